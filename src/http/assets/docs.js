const $ = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    ...(body ? { body } : {}),
  });
  const text = await response.text();
  try {
    return `${response.status}\n${JSON.stringify(JSON.parse(text), null, 2)}`;
  } catch {
    return `${response.status}\n${text}`;
  }
}

function routeView(method, path, operation) {
  const output = $('pre', { hidden: true });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const fields = names.map((name) => $('input', { name, required: true, placeholder: name }));
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  const example = Object.fromEntries(Object.keys(schema?.properties ?? {}).map((name) => [name, '']));
  const body = schema ? $('textarea', { value: JSON.stringify(example, null, 2), ariaLabel: 'Body (JSON)' }) : null;
  const form = $('form', {}, ...fields.map((field) => $('label', {}, `${field.name} `, field)));
  if (body) form.append(body);
  form.append($('button', {}, 'Send'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    let url = path;
    for (const field of fields) url = url.replace(`{${field.name}}`, encodeURIComponent(field.value));
    output.hidden = false;
    output.textContent = '…';
    output.textContent = await call(method.toUpperCase(), url, body?.value);
  });
  return $(
    'details',
    {},
    $(
      'summary',
      {},
      $('span', { className: 'method' }, method.toUpperCase()),
      $('code', {}, path),
      $('span', {}, operation.summary ?? ''),
      $('span', { className: 'access' }, operation.security?.length === 0 ? 'public' : ''),
    ),
    form,
    output,
  );
}

async function show() {
  const description = await (await fetch('/openapi.json')).json();
  const groups = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags?.[0] ?? 'other';
      groups.set(tag, [...(groups.get(tag) ?? []), routeView(method, path, operation)]);
    }
  }
  document
    .querySelector('#routes')
    .replaceChildren(...[...groups].flatMap(([tag, views]) => [$('h2', {}, tag), ...views]));
}

async function logIn(form) {
  const body = { username: form.elements.username.value, password: form.elements.password.value };
  const answer = await call('POST', '/users/login', JSON.stringify(body));
  document.querySelector('#who').textContent = answer.startsWith('200') ? `Logged in as ${body.username}` : 'Refused';
}

document.querySelector('#login').addEventListener('submit', (event) => {
  event.preventDefault();
  void logIn(event.target);
});
show().catch((error) =>
  document.querySelector('#routes').replaceChildren(`The description could not be loaded: ${error.message}`),
);

/**
 * Many hosts in one process: SSH servers that answer the sampler's protocol with what a real host answered. Started by
 * fake-fleet.ts with the answer in a file and, if wanted, the word lively; prints its ports, and on SIGUSR2 how late the
 * latest request came, in ms.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { livelyHost } from './lively.ts';

const [answerFile = '', count = '1', interval = '30000', liveliness = ''] = process.argv.slice(2);
const captured = JSON.parse(readFileSync(answerFile, 'utf8')) as {
  files: string;
  sections: Record<string, string>;
};
const intervalMs = Number(interval);
const hostKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

let latest = 0;
let requests = 0;

function answer({ files, sections }: typeof captured, nonce: string, names: readonly string[]): string {
  const uptime = (performance.now() / 1000 + 100_000).toFixed(2);
  const texts = names.map((asked) => {
    const [name = ''] = asked.split('=');
    // Headings carry the nonce of the answer that they stand in.
    return `@@${nonce} section ${name}\n${(sections[name] ?? '').replace(/^@/gm, `@${nonce} `)}\n`;
  });
  const end = texts.length > 0 ? `@@${nonce} end\n` : '';
  return `\n@@${nonce} begin ${uptime}\n${files}\n${texts.join('')}${end === '' ? `@@${nonce} end\n` : end}`;
}

/** One shell: takes in the program, says that it is ready, then answers line by line. */
function serve(channel: ssh2.ServerChannel, next: () => typeof captured): void {
  let text = '';
  let isReady = false;
  let lastAt: number | null = null;
  channel.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (!isReady) {
      const token = /^@@ready ([0-9a-f]+)'$/m.exec(text)?.[1];
      if (token === undefined || !text.endsWith('\n}\n')) return;
      isReady = true;
      text = '';
      channel.write(`\n@@ready ${token}\n`);
      return;
    }
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const [nonce = '', ...names] = text.slice(0, end).split(' ').filter(Boolean);
      text = text.slice(end + 1);
      if (!names.some((name) => name.includes('='))) note();
      channel.write(answer(next(), nonce, names));
    }
  });

  function note(): void {
    const now = performance.now();
    requests += 1;
    // A host's phase makes its requests come at the same place in every interval, but for the first two.
    if (lastAt !== null && now - lastAt > intervalMs / 2) latest = Math.max(latest, now - lastAt - intervalMs);
    lastAt = now;
  }
}

const ports: number[] = [];
for (let made = 0; made < Number(count); made += 1) {
  const next = liveliness === 'lively' ? livelyHost(captured, made + process.pid) : () => captured;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('authentication', (context) =>
      context.method === 'password' ? context.accept() : context.reject(['password']),
    );
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => serve(acceptExec(), next));
    });
    client.on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ports.push((server.address() as AddressInfo).port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.on('SIGUSR2', () => {
  process.stdout.write(`${JSON.stringify({ latest, requests })}\n`);
  latest = 0;
  requests = 0;
});

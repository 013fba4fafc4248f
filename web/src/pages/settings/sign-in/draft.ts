import type { ProviderConfig } from '../../../api/sign-in.ts';

/** What a field lists, one item a line; an item may contain spaces. */
export function linesIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The settings that a form has. */
export function configOf(fields: Readonly<Record<string, string>>): ProviderConfig {
  const { issuer = '', clientId = '', clientSecret = '', name = '', scopes = '' } = fields;
  return {
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    ...(clientSecret === '' ? {} : { clientSecret }),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(scopes.trim() === '' ? {} : { scopes: scopes.trim() }),
    ...textsOf(fields, ['userNameClaim', 'groupsClaim']),
    clientAuth: fields.clientAuth === 'basic' || fields.clientAuth === 'post' ? fields.clientAuth : 'auto',
    allowedGroups: linesIn(fields.allowedGroups),
    allowedDomains: linesIn(fields.allowedDomains),
    adminGroups: linesIn(fields.adminGroups),
    createAccounts: fields.createAccounts !== undefined,
    sessionHours: Number(fields.sessionHours ?? 24),
    logOutAtProvider: fields.logOutAtProvider !== undefined,
  };
}

function textsOf<Name extends string>(
  fields: Readonly<Record<string, string>>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found = names.flatMap((name) => {
    const value = fields[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value]];
  });
  // Safe: the names are those that were asked for.
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}

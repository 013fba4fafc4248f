/**
 * Options of ssh_config(5) that affect the route to a host or the login there, and for which Sonde has no field; in
 * lower case.
 */
const names = `
  AddressFamily BindAddress BindInterface CanonicalizeHostname CertificateFile Ciphers
  GSSAPIAuthentication HostbasedAuthentication HostKeyAlgorithms HostKeyAlias IdentityAgent
  KbdInteractiveAuthentication KexAlgorithms MACs PasswordAuthentication PKCS11Provider
  PreferredAuthentications ProxyUseFdpass PubkeyAcceptedAlgorithms PubkeyAcceptedKeyTypes
  PubkeyAuthentication RemoteCommand SecurityKeyProvider
`;
const byKeyword: ReadonlyMap<string, string> = new Map(
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);

/**
 * The name of an option that affects the route or the login and is not imported; null for all others. `none` and `any`
 * change nothing.
 */
export function untakenOption(keyword: string, value: string): string | null {
  return /^(none|any|default)$/i.test(value) ? null : (byKeyword.get(keyword.toLowerCase()) ?? null);
}

/** Single-letter options with the same effect, by their ssh_config names. Source: ssh(1). */
export const untakenLetters: ReadonlyMap<string, string> = new Map([
  ['b', 'BindAddress'],
  ['B', 'BindInterface'],
  ['c', 'Ciphers'],
  ['m', 'MACs'],
  ['I', 'PKCS11Provider'],
]);

/** One sentence for what was left out. */
export function untakenText(options: Iterable<string>): string {
  return `Left out, because Sonde has no such option: ${[...new Set(options)].join(', ')}`;
}

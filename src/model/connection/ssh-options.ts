/** Options of ssh_config(5) that change the way to a host or the login there, and that Sonde has no field for; by their name in lower case. */
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

/** The name of an option that changes way or login and is not taken over; null for all others. `none` and `any` change nothing. */
export function untakenOption(keyword: string, value: string): string | null {
  return /^(none|any|default)$/i.test(value) ? null : (byKeyword.get(keyword.toLowerCase()) ?? null);
}

/** Options of single letters that do the same, by the name that they have in ssh_config. Source: ssh(1). */
export const untakenLetters: ReadonlyMap<string, string> = new Map([
  ['b', 'BindAddress'],
  ['B', 'BindInterface'],
  ['c', 'Ciphers'],
  ['m', 'MACs'],
  ['I', 'PKCS11Provider'],
]);

/** One sentence for what was left out. */
export function untakenText(options: Iterable<string>): string {
  return `Left out, since Sonde has no such option: ${[...new Set(options)].join(', ')}`;
}

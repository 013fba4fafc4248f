/** A block of PEM: `-----BEGIN label-----`, headers, base64. */
export type Armour = {
  readonly label: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
};

const maxHeaders = 10;

/**
 * The one block that a text consists of; null if it is anything else. Takes time in proportion to the text, whatever is
 * in it. Source: RFC 1421 §4.4, RFC 7468.
 */
export function readArmour(text: string): Armour | null {
  const lines = text.trim().split('\n');
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----\s*$/.exec(lines[0] ?? '')?.[1];
  if (label === undefined || lines.length < 3 || lines.at(-1)?.trim() !== `-----END ${label}-----`) return null;
  const headers = new Map<string, string>();
  let at = 1;
  for (; at < lines.length - 1 && headers.size < maxHeaders; at += 1) {
    const [, name, value] = /^([A-Za-z0-9-]{1,40}): ?(.*)$/.exec(lines[at]?.trim() ?? '') ?? [];
    if (name === undefined || value === undefined) break;
    headers.set(name, value);
  }
  const body = lines.slice(at, -1).map((line) => line.trim());
  if (!body.every((line) => /^[A-Za-z0-9+/=]*$/.test(line))) return null;
  return { label, headers, body: Buffer.from(body.join(''), 'base64') };
}

/** The block as text, in lines of 64 characters. */
export function writeArmour({ label, headers, body }: Armour): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  const head = [...headers].map(([name, value]) => `${name}: ${value}`);
  return [
    `-----BEGIN ${label}-----`,
    ...head,
    ...(head.length > 0 ? [''] : []),
    ...lines,
    `-----END ${label}-----`,
    '',
  ].join('\n');
}

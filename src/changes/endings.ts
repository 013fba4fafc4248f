import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Change, plain } from './differ.ts';

/** Something that ends at a known time. `hostId` 0: Sonde itself. `endsAt`: ms since the epoch. */
export type Ending = {
  readonly hostId: number;
  readonly what: 'host-certificate' | 'login-certificate' | 'tls';
  /** Who it is, for people: `the login certificate "deploy"`. */
  readonly name: string;
  /** Equal for what takes its place, too: that it does not end soon is how people see that it was renewed. */
  readonly id: string;
  readonly endsAt: number;
};

const dayMs = 86_400_000;
const levels = [
  { days: 2, severity: 'critical' },
  { days: 14, severity: 'warning' },
] as const;

/** What ends within two weeks, or within two days: each is told once. What ended is told as long as it is in use. */
export function endings(
  certificates: readonly Ending[],
  now: number,
): readonly { readonly hostId: number; readonly change: Change; readonly dedupeKey: string }[] {
  return certificates.flatMap(({ hostId, what, name, id, endsAt }) => {
    const level = levels.find(({ days }) => endsAt - now < days * dayMs);
    if (level === undefined) return [];
    const end = new Date(endsAt).toISOString();
    const days = Math.floor((endsAt - now) / dayMs);
    const when =
      days < 0 ? 'has ended' : days === 0 ? 'ends within a day' : `ends in ${days === 1 ? '1 day' : `${days} days`}`;
    const label = plain(name, 150);
    const summary = `${label.charAt(0).toUpperCase()}${label.slice(1)} ${when} (${end.slice(0, 16).replace('T', ' ')} UTC)`;
    const details = { certificate: what, name: label, endsAt: end, within: `${level.days}d` };
    const change: Change = {
      kind: 'certificate-ends',
      severity: level.severity,
      summary,
      subject: plain(id, 100),
      details,
    };
    return [{ hostId, change, dedupeKey: `certificate ${hostId} ${plain(id, 100)} ${endsAt} ${level.severity}` }];
  });
}

/** The certificate that Sonde serves its page with, as it is on the disk now; none where Sonde does without, or cannot read it. */
export function endOfTls(tls: { readonly certFile: string } | null | undefined): readonly Ending[] {
  if (!tls) return [];
  try {
    const { validTo } = new X509Certificate(readFileSync(tls.certFile));
    const endsAt = Date.parse(validTo);
    const name = 'the TLS certificate of Sonde';
    return Number.isNaN(endsAt) ? [] : [{ hostId: 0, what: 'tls', name, id: 'tls', endsAt }];
  } catch {
    return [];
  }
}

import type { Database } from '../../db/schema.ts';
import { parseCertificate } from '../../lib/ssh/certificate.ts';

/** When a login's certificate ends, ms since the epoch. `hostId`: a host that uses it, the first of several. */
export type CertificateEnd = {
  readonly hostId: number;
  readonly id: string;
  readonly name: string;
  readonly endsAt: number;
};

/** The ends of the certificates that hosts log in with; of one that several share, once. */
export async function certificateEnds(db: Database): Promise<readonly CertificateEnd[]> {
  const own = await db
    .selectFrom('hosts')
    .select(['id', 'certificate'])
    .where('certificate', 'is not', null)
    .where('credential_id', 'is', null)
    .execute();
  const shared = await db
    .selectFrom('credentials')
    .innerJoin('hosts', 'hosts.credential_id', 'credentials.id')
    .select(({ fn }) => [
      'credentials.id as credential',
      'credentials.name as name',
      'credentials.certificate as certificate',
      fn.min('hosts.id').as('host'),
      fn.count<number>('hosts.id').as('count'),
    ])
    .where('credentials.certificate', 'is not', null)
    .groupBy(['credentials.id', 'credentials.name', 'credentials.certificate'])
    .execute();
  const found = [
    ...own.map(({ id, certificate }) => ({
      hostId: Number(id),
      id: `login ${id}`,
      name: 'the certificate of the login',
      certificate,
    })),
    ...shared.map(({ credential, name, certificate, host, count }) => ({
      hostId: Number(host),
      id: `credential ${credential}`,
      name: `the certificate of the credential ${name}${Number(count) > 1 ? `, which ${count} hosts use,` : ''}`,
      certificate,
    })),
  ];
  return found.flatMap(({ certificate, ...rest }) => {
    const endsAt = endOf(certificate);
    return endsAt === null ? [] : [{ ...rest, endsAt }];
  });
}

/** Null: it has no end, or cannot be read. */
function endOf(text: string | null): number | null {
  if (text === null) return null;
  try {
    return parseCertificate(text).validUntil;
  } catch {
    return null;
  }
}

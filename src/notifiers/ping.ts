import { withoutSecrets } from './config.ts';
import { askHttp } from './http.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { noAnswer } from './no-answer.ts';
import type { Verdict } from './notifier.ts';
import { byStatus } from './verdicts.ts';

/** Calls an address that an admin entered, and says what came of it. Never throws for what a service does. */
export type Ping = (url: string) => Promise<Verdict>;

export type PingOptions = {
  /** Networks that the operator permits. */
  readonly permitted: readonly string[];
  /** The HTTP proxy for public addresses. */
  readonly proxy?: URL | null;
  readonly limits?: Limits;
};

/** What calls addresses, within the same bounds as messages of admins. */
export function createPing({ permitted, proxy = null, limits = defaultLimits }: PingOptions): Ping {
  return async (url) => {
    const { host, pathname, searchParams } = new URL(url);
    const secrets = [url, ...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= 8);
    const request = { method: 'GET', url, headers: {}, body: '' } as const;
    const verdict = await askHttp(request, { isAdmin: true, permitted, proxy }, limits).then(
      (answer) => byStatus(answer),
      (error: unknown) => noAnswer(error, host),
    );
    return { ...verdict, answer: withoutSecrets(verdict.answer, secrets) };
  };
}

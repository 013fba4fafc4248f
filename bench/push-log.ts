/** Every request of a pusher, and each time it was sent: what a receiver has twice is compared with it. */
import { gunzipSync } from 'node:zlib';
import { createPoster } from '../src/push/post.ts';
import { readOtlp } from '../test/support/read-otlp.ts';
import { readWriteRequest } from '../test/support/read-write-request.ts';

/** `answer`: a status of HTTP, or why there was none. Times in ms, of the monotonic clock. */
type Attempt = { readonly from: number; readonly to: number; readonly answer: number | string };
type Logged = { readonly url: string; readonly body: Uint8Array; readonly attempts: Attempt[] };

const lost = 'the answer was lost on purpose';

export class PushLog {
  /** By the body, which stays the same object for as long as its request is tried. */
  readonly #requests = new Map<Uint8Array, Logged>();

  /** Sends as Sonde does, and writes down what came of it. */
  readonly openPoster: typeof createPoster = (options) => {
    const { post, close } = createPoster(options);
    const isLossy = options.headers['x-loses'] !== undefined;
    let count = 0;
    return {
      post: async (body, signal) => {
        const logged = this.#requests.get(body) ?? { url: options.url, body, attempts: [] };
        this.#requests.set(body, logged);
        const from = performance.now();
        const note = (answer: number | string): void =>
          void logged.attempts.push({ from, to: performance.now(), answer });
        try {
          const reply = await post(body, signal);
          count += 1;
          const isLost = isLossy && count % 10 === 0 && reply.status < 300;
          note(isLost ? lost : reply.status);
          if (isLost) throw Object.assign(new Error(lost), { code: 'ECONNRESET' });
          return reply;
        } catch (error) {
          if (logged.attempts.at(-1)?.from !== from) note((error as NodeJS.ErrnoException).code ?? String(error));
          throw error;
        }
      },
      close,
    };
  };

  /** The requests to one address. */
  requests(url: string): readonly Logged[] {
    return [...this.#requests.values()].filter((one) => one.url === url);
  }
}

/** A request that may have been taken although no answer came: the connection stood. */
export function mayBeTwice({ attempts }: Logged): boolean {
  return attempts.slice(0, -1).some(({ answer }) => typeof answer === 'string' && answer !== 'ECONNREFUSED');
}

/** The samples of one family in a request, each as `INSTANCE TIME`. */
export function samplesIn({ body }: Logged, family: string, isOtlp: boolean): readonly string[] {
  if (isOtlp)
    return readOtlp(gunzipSync(body)).flatMap(({ metrics }) =>
      metrics.flatMap(({ name, points }) =>
        name === family ? points.map(({ attributes, at }) => `${attributes.instance} ${at / 1_000_000n}`) : [],
      ),
    );
  return [...readWriteRequest(body)].flatMap(([key, samples]) =>
    key.startsWith(`${family}{`) ? samples.map(({ at }) => `${/instance="([^"]*)"/.exec(key)?.[1]} ${at}`) : [],
  );
}

import { request } from 'node:https';
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.ts';

const healthMs = 5_000;

/** What `GET /health` answers. */
export type Health = Readonly<Record<string, unknown>> & { readonly lacks?: readonly { readonly message: string }[] };

/**
 * Asks the Sonde of these settings whether it runs, for what watches over it and cannot ask itself, such as the health check of a
 * container. Returns the exit code. What Sonde lacks is said, but a restart would not help, so it counts as running.
 */
export async function health(args: readonly string[], config: Config, say: (line: string) => void): Promise<0 | 1> {
  parseArgs({ args: [...args] });
  const url = addressOfHealth(config);
  try {
    const { status } = await readHealth(url);
    if (status !== 'ok') throw new Error('what answers there is not Sonde');
    say(`Sonde runs, and answers at ${url}`);
    return 0;
  } catch (error) {
    say(`Sonde does not answer at ${url}: ${whyNot(error)}`);
    return 1;
  }
}

/** Where the Sonde of these settings answers on this machine. */
export function addressOfHealth(config: Pick<Config, 'host' | 'port' | 'tls' | 'basePath'>): string {
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host === '::' ? '::1' : config.host;
  return `${config.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${config.port}${config.basePath}/health`;
}

/** Throws Error. The certificate may be for another name than this address; what counts here is that Sonde answers. */
export function readHealth(url: string): Promise<Health> {
  const signal = AbortSignal.timeout(healthMs);
  if (url.startsWith('http:')) return fetch(url, { signal }).then((answer) => answer.json() as Promise<Health>);
  return new Promise((done, reject) => {
    request(url, { signal, rejectUnauthorized: false }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        try {
          done(JSON.parse(text) as Health);
        } catch (error) {
          reject(error as Error);
        }
      });
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Why it could not be read. */
export const whyNot = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
};

import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Place } from '../lib/names/place.ts';

export type CanariesOptions = {
  /** Those that an admin named; empty: the default gateway. */
  readonly named: () => Promise<readonly Place[]>;
  readonly gateway?: () => Promise<string | null>;
  /** Whether anything answers there, also with a refusal. */
  readonly answers?: (place: Place) => Promise<boolean>;
};

const answerMs = 3_000;
/** Ports on which routers usually answer or refuse. */
const gatewayPorts = [53, 80, 443, 22];

/** Asks places that are not monitored whether they still answer. */
export class Canaries {
  readonly #options: CanariesOptions;
  #answered = new Set<string>();

  constructor(options: CanariesOptions) {
    this.#options = options;
  }

  /**
   * Whether any of them answers now. `isProven`: one of them has answered since Sonde started, so that their silence means
   * something. Never rejects.
   */
  async ask(): Promise<{ readonly answers: boolean; readonly isProven: boolean }> {
    const { answers = answersAt } = this.#options;
    const places = await this.#places().catch(() => []);
    const heard = await Promise.all(places.map((place) => answers(place).catch(() => false)));
    const names = new Set(places.map(nameOf));
    this.#answered = new Set([...this.#answered].filter((name) => names.has(name)));
    for (const [index, place] of places.entries()) if (heard[index]) this.#answered.add(nameOf(place));
    return { answers: heard.includes(true), isProven: this.#answered.size > 0 };
  }

  async #places(): Promise<readonly Place[]> {
    const named = await this.#options.named();
    if (named.length > 0) return named;
    const gateway = await (this.#options.gateway ?? defaultGateway)();
    return gateway === null ? [] : gatewayPorts.map((port) => ({ address: gateway, port }));
  }
}

function nameOf({ address, port }: Place): string {
  return `${address} ${port}`;
}

function answersAt({ address, port }: Place): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: address, port });
    const end = (isThere: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      done(isThere);
    };
    const timer = setTimeout(() => end(false), answerMs);
    socket.once('connect', () => end(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' || code === 'ECONNRESET'));
  });
}

/** The IPv4 address of the default gateway, from Linux's table of routes; null if there is none. */
export async function defaultGateway(path = '/proc/net/route'): Promise<string | null> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(1);
  for (const line of lines) {
    const [, destination, gateway = ''] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/.test(gateway) || gateway === '00000000') continue;
    // Written as a number of this machine's byte order.
    const bytes = gateway.match(/../g) ?? [];
    return bytes
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }
  return null;
}

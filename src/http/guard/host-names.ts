import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../../lib/errors.ts';

/**
 * Suffixes of names that no public DNS server can answer for. Source: RFC 6762, RFC 8375, ICANN resolution
 * 2024.07.29.06.
 */
const privateEndings = ['.local', '.home.arpa', '.internal'];
/** Suffixes that home routers give the machines of their network. */
const routerEndings = ['.local', '.lan', '.home', '.home.arpa', '.internal', '.fritz.box', '.localdomain'];
const maxShown = 100;

/** What decides which names Sonde answers to. */
export type HostNames = {
  /** Names, or `*.example.org` for every name below one. */
  readonly allowed: readonly string[];
  /** The name of this machine, with or without its domain. */
  readonly machine: string;
  /** Whether only this machine can reach Sonde. */
  readonly isLoopback: boolean;
};

/**
 * Answers requests only under names that belong to this machine. Otherwise somebody else's page, whose name resolves to
 * this machine (DNS rebinding), would count as Sonde's own page and could read everything that Sonde shows.
 */
export function requireKnownHost(server: FastifyInstance, names: HostNames): void {
  const isKnown = createHostCheck(names);
  server.addHook('onRequest', (request, _reply, done) => {
    const unknown = namesOf(request).find((name) => !isKnown(name));
    if (unknown === undefined) return done();
    const shown = JSON.stringify(unknown.slice(0, maxShown));
    done(
      new RequestError(
        421,
        `Sonde does not answer to the name ${shown}. If this name is yours, add it to SONDE_ALLOWED_HOSTS and restart Sonde`,
        'UNKNOWN_HOST',
      ),
    );
  });
}

/** The names that a request asks for: `Host`, and from a trusted proxy also the name that the proxy was asked for. */
function namesOf(request: FastifyRequest): readonly string[] {
  return [...new Set([request.headers.host ?? '', request.host])];
}

/** Whether Sonde answers under a name, given as in `Host`, with or without a port. */
export function createHostCheck({ allowed, machine, isLoopback }: HostNames): (host: string) => boolean {
  const own = machine.toLowerCase();
  const [short = own] = own.split('.');
  const exact = new Set([own, short, ...routerEndings.map((ending) => `${short}${ending}`)]);
  const endings: string[] = [];
  for (const entry of allowed) {
    if (entry.startsWith('*.')) endings.push(entry.slice(1).toLowerCase());
    else exact.add(entry.toLowerCase());
  }
  return (host) => {
    // Browsers always send a name. Clients that send none, such as the health check of a load balancer, are no
    // browsers.
    if (host === '') return true;
    const name = nameOf(host);
    if (name === null) return false;
    if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true;
    if (exact.has(name) || endings.some((ending) => name.endsWith(ending))) return true;
    // Whoever can make such a name resolve is inside this network and can reach Sonde anyway.
    return !isLoopback && (!name.includes('.') || privateEndings.some((ending) => name.endsWith(ending)));
  };
}

/** The name in a `Host` header, in lower case and without port and trailing dot; null if no address of a page could have it. */
function nameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::\d{1,5})?$/i.exec(host);
  // Sonde writes it into addresses, which have bounds for ports, and for names that are numbers.
  return match === null || !URL.canParse(`http://${host}`) ? null : (match[1] ?? match[2] ?? '').toLowerCase();
}

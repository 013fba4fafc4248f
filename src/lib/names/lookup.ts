import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { unlessAborted } from '../async.ts';
import { createSemaphore } from '../semaphore.ts';
import { type Address, ResolveError } from './address.ts';
import { createFile } from './hosts-file.ts';
import { candidates, parseResolvConf } from './resolv-conf.ts';

/** Asks for the addresses of a name in lower case. Throws ResolveError; any other error means no answer. */
export type Lookup = (name: string, limit: AbortSignal) => Promise<readonly Address[]>;

export type LookupOptions = {
  readonly resolvConf?: string;
  /** `address:port`; by default those in resolv.conf. */
  readonly servers?: readonly string[];
  /** Other ways in which this machine resolves names (NSS): mDNS, LDAP, its own host name. */
  readonly system?: (name: string) => Promise<readonly Address[]>;
  readonly now: () => number;
};

/** How many names are looked up at once; the others wait, within their own limit. */
const maxAtOnce = 256;
/** The system's own lookup occupies one of the process's four threads, for as long as it takes. */
const maxInSystem = 2;
const timeoutMs = 1_500;
const tries = 2;
/** How long to wait for one address family once the other has answered. */
const otherFamilyMs = 300;

const notFound: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'ENODATA',
  'EBADNAME',
  'EBADQUERY',
  'ERR_INVALID_ARG_VALUE',
]);

/** Looks names up at the name servers in resolv.conf and, if those do not know a name, as the system does. */
export function createLookup(options: LookupOptions): Lookup {
  const conf = createFile(options.resolvConf ?? '/etc/resolv.conf', parseResolvConf, options.now);
  const places = createSemaphore(maxAtOnce);
  const system = options.system ?? bySystem;
  let inSystem = 0;
  let servers: { readonly text: string; readonly resolver: Resolver } | undefined;

  function resolver(): Resolver {
    const { text } = conf();
    if (servers?.text !== text) {
      const made = new Resolver({ timeout: timeoutMs, tries });
      if (options.servers) made.setServers(options.servers);
      servers = { text, resolver: made };
    }
    return servers.resolver;
  }

  async function askSystem(name: string, otherwise: unknown, limit: AbortSignal): Promise<readonly Address[]> {
    if (inSystem >= maxInSystem) throw otherwise;
    inSystem += 1;
    const asked = system(name).finally(() => {
      inSystem -= 1;
    });
    return unlessAborted(asked, limit);
  }

  return async (name, limit) => {
    // Name servers do not know multicast names.
    if (/\.local\.?$/.test(name)) return askSystem(name, new ResolveError('no-answer', name), limit);
    try {
      return await unlessAborted(
        places.run(() => askServers(resolver(), candidates(name, conf()), name, limit)),
        limit,
      );
    } catch (error) {
      const isRefused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
      if (isRefused || (error instanceof ResolveError && error.kind === 'not-found'))
        return askSystem(name, error, limit);
      throw error;
    }
  };
}

async function askServers(
  resolver: Resolver,
  names: readonly string[],
  asked: string,
  limit: AbortSignal,
): Promise<readonly Address[]> {
  let failed: unknown = new ResolveError('not-found', asked);
  for (const name of names) {
    limit.throwIfAborted();
    try {
      const found = await bothFamilies(resolver, name);
      if (found.length > 0) return found;
    } catch (error) {
      // A domain whose own servers fail is skipped, as in glibc.
      if ((error as NodeJS.ErrnoException).code !== 'ESERVFAIL') throw error;
      failed = error;
    }
  }
  throw failed;
}

/**
 * IPv4 first; if both work, connecting tries both. Empty: the name has no address. Throws the error that stands for a
 * name server's silence.
 */
async function bothFamilies(resolver: Resolver, name: string): Promise<readonly Address[]> {
  const [four, six] = [family(() => resolver.resolve4(name), 4), family(() => resolver.resolve6(name), 6)];
  const first = await Promise.race([four, six]);
  const patience = 'found' in first && first.found.length > 0 ? sleep(otherFamilyMs) : null;
  const later: Family = { error: null };
  const both = await Promise.all(
    [four, six].map((one) => (patience ? Promise.race([one, patience.then(() => later)]) : one)),
  );
  const found = both.flatMap((one) => ('found' in one ? one.found : []));
  if (found.length > 0) return found;
  for (const one of both) if ('error' in one) throw one.error;
  return [];
}

type Family = { readonly found: readonly Address[] } | { readonly error: unknown };

async function family(ask: () => Promise<readonly string[]>, kind: 4 | 6): Promise<Family> {
  try {
    return { found: (await ask()).map((address) => ({ address, family: kind })) };
  } catch (error) {
    return notFound.has((error as NodeJS.ErrnoException).code ?? '') ? { found: [] } : { error };
  }
}

async function bySystem(name: string): Promise<readonly Address[]> {
  try {
    const found = await systemLookup(name, { all: true });
    return found.map(({ address, family: kind }) => ({ address, family: kind === 6 ? 6 : 4 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') throw new ResolveError('not-found', name);
    throw error;
  }
}

import { RequestError } from '../../lib/errors.ts';
import { parseCertificate } from '../../lib/ssh/certificate.ts';
import { type HostInput, readHostInput } from '../fields/input.ts';
import { proxiesOf } from '../fields/proxies.ts';
import type { GivenKey, GivenWay, ImportTask } from './task.ts';

/** A body as it would be saved, or one sentence why it would not be. */
export type Check = (body: Readonly<Record<string, unknown>>) => HostInput | { readonly reason: string };

const maxKeys = 1_000;

/**
 * Checks hosts as saving does. What only the main thread can decide (private keys, existing jump hosts) is looked up in
 * the verdicts; anything without a verdict yet is assumed to be fine and listed as open.
 */
export function createChecks({ viewer, saved, verdicts }: Pick<ImportTask, 'viewer' | 'saved' | 'verdicts'>) {
  const credentials = new Set(saved.map(({ id }) => id));
  const keys = new Map<string, GivenKey>();
  const ways = new Map<string, GivenWay>();

  function whyNot(input: HostInput): string | null {
    const { credentialId, connectionType, authType, extra, secrets } = input;
    if (credentialId !== null && viewer.isForSomeHosts)
      return 'This API key is limited to some hosts, so it cannot give them a credential';
    if (credentialId !== null && !credentials.has(credentialId)) return 'credentialId names no credential of yours';
    if (connectionType === 'ssh' && authType === 'key' && !secrets.key) return 'key is required when authType is key';
    return whyNoWay(extra) ?? whyNoKey(secrets);
  }

  function whyNoWay(extra: HostInput['extra']): string | null {
    const ids = (extra.jumpHosts as readonly { readonly hostId: number }[]).map(({ hostId }) => hostId);
    if (ids.length === 0) return null;
    const way = { ids, hasProxies: proxiesOf(extra).length > 0 };
    return lookUp(verdicts.ways, ways, way);
  }

  function whyNoKey({ key, keyPassword, certificate }: HostInput['secrets']): string | null {
    if (!key) return certificate ? whyNoCertificate(certificate) : null;
    const given: GivenKey = [key, keyPassword ?? null, certificate ?? null];
    if (verdicts.keys.size + keys.size >= maxKeys && !verdicts.keys.has(JSON.stringify(given)))
      return `Sonde reads at most ${maxKeys} different private keys at once`;
    return lookUp(verdicts.keys, keys, given);
  }

  return {
    check: ((body) => {
      try {
        const input = readHostInput(body, {}, viewer.isAdmin);
        const reason = whyNot(input);
        return reason === null ? input : { reason };
      } catch (error) {
        if (error instanceof RequestError) return { reason: error.message };
        throw error;
      }
    }) satisfies Check,
    /** What the main thread must decide before anything can be answered; null: nothing. */
    open: () => (keys.size + ways.size === 0 ? null : { keys: [...keys.values()], ways: [...ways.values()] }),
  };
}

function whyNoCertificate(text: string): string | null {
  try {
    parseCertificate(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function lookUp<Asked>(
  verdicts: ReadonlyMap<string, string | null>,
  open: Map<string, Asked>,
  asked: Asked,
): string | null {
  const name = JSON.stringify(asked);
  const verdict = verdicts.get(name);
  if (verdict === undefined) open.set(name, asked);
  return verdict ?? null;
}

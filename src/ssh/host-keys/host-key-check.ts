import type { ParsedKey } from 'ssh2';
import { isAmong, type KeySighting, type KnownHostKey, type KnownKeys } from '../../model/connection/host-key.ts';
import type { Log } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../failures.ts';
import { judgeHostKey, keyText, type Verdict } from './host-key.ts';
import { whyTooShort } from './host-key-size.ts';

type ProvenKey = Pick<ParsedKey, 'type' | 'getPublicSSH'>;

/** Checks the key of every key exchange of one connection, and reports what should be kept of it. */
export function createHostKeyCheck(options: {
  readonly knownKeys: KnownKeys;
  /** Stores what was seen; the exchange waits for it. */
  readonly noteKey: (sighting: KeySighting) => Promise<void>;
  /** Also accepts shorter RSA keys, for a host with old algorithms turned on. */
  readonly takesOld: boolean;
  readonly log: Log;
}) {
  const { knownKeys, noteKey, takesOld, log } = options;
  let refused: Failure | null = null;
  let accepted: { readonly wire: string; readonly key: KnownHostKey; readonly isPinned: boolean } | null = null;

  async function check(wire: Buffer): Promise<boolean> {
    const tooShort = whyTooShort(wire, takesOld);
    if (tooShort !== null) {
      refused = failure('host-key', 'weak-key', { said: tooShort });
      return false;
    }
    const verdict = judgeHostKey(wire, knownKeys, Date.now());
    if (verdict.trusted === null) {
      refused = refusal(verdict);
      await noteKey({ kind: 'refused', key: verdict.key, why: verdict.why });
      return false;
    }
    const { key, trusted } = verdict;
    log(trusted === 'first' ? 'warning' : 'success', 'hostkey', sentences[trusted], { key: keyText(key) });
    // If it were not saved, the next connection would accept any key as a first one again.
    if (trusted === 'first') await noteKey({ kind: 'pinned', key, source: 'first-sight' });
    if (trusted === 'listed') await noteIfPossible({ kind: 'pinned', key, source: 'known-hosts' });
    if (knownKeys.authorities.length > 0) {
      const endsAt = verdict.trusted === 'certified' ? verdict.endsAt : null;
      await noteIfPossible({ kind: 'certificate', key, endsAt });
    }
    if (knownKeys.pending !== null && trusted !== 'first') await noteIfPossible({ kind: 'returned', key });
    accepted = { wire: wire.toString('latin1'), key, isPinned: trusted !== 'certified' };
    return true;
  }

  /** The key is vouched for whether or not this is saved. */
  async function noteIfPossible(sighting: KeySighting): Promise<void> {
    await noteKey(sighting).catch((error: Error) =>
      log('warning', 'hostkey', `What was seen of the host key could not be saved: ${error.message}`),
    );
  }

  return {
    /** Why Sonde did not log in to the host; null if its key was accepted and could be saved. */
    refused: (): Failure | null => refused,
    /** For ssh2's `hostVerifier`. */
    verify: (wire: Buffer, done: (valid: boolean) => void): void => {
      // Another exchange on the same connection: a key that was accepted at the beginning stays accepted. Answered at
      // once, because the server's next message may be here already, and ssh2 ends a connection whose key is accepted
      // too late.
      if (accepted?.wire === wire.toString('latin1')) {
        done(true);
        return;
      }
      check(wire)
        .catch((error: Error) => {
          refused ??= failure('sonde', 'not-saved', { said: error.message });
          return false;
        })
        .then(done)
        .catch((error: Error) => log('error', 'hostkey', `The key exchange was over already: ${error.message}`));
    },
    /**
     * For ssh2's `hostkeys`: the keys that the server announced and proved to hold. They are stored beside a pinned
     * key, never beside a key that came with a certificate, which its CA replaces.
     */
    follow: (proven: readonly ProvenKey[]): void => {
      if (accepted === null || !accepted.isPinned) return;
      const keys = usable(proven, takesOld).filter((key) => !isAmong(key, knownKeys.revoked));
      if (!isAmong(accepted.key, keys) || isSame(keys, knownKeys.pinned)) return;
      noteKey({ kind: 'announced', present: accepted.key, keys }).catch(() =>
        log('error', 'hostkey', "The host's other keys could not be saved"),
      );
    },
  };
}

const sentences = {
  pinned: 'The host key is a pinned one',
  listed: 'The host key matches known_hosts',
  certified: 'The host key is certified by a trusted CA',
  first: 'New host: its key has not been verified yet',
} as const;

function refusal({ key, why, old, said }: Extract<Verdict, { trusted: null }>): Failure {
  const details = { old: old.map(keyText).join(', '), new: keyText(key) };
  return failure('host-key', why, said === undefined ? details : { ...details, said });
}

function usable(proven: readonly ProvenKey[], takesOld: boolean): readonly KnownHostKey[] {
  return proven
    .filter((key) => whyTooShort(key.getPublicSSH(), takesOld) === null)
    .map((key) => ({ algorithm: key.type, keyBase64: key.getPublicSSH().toString('base64') }));
}

function isSame(some: readonly KnownHostKey[], others: readonly KnownHostKey[]): boolean {
  return some.length === others.length && some.every((key) => isAmong(key, others));
}

import type { ParsedKey } from 'ssh2';
import { isAmong, type KeySighting, type KnownHostKey, type KnownKeys } from '../../model/connection/host-key.ts';
import type { Log } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../failures.ts';
import { judgeHostKey, keyText, type Verdict } from './host-key.ts';
import { whyTooShort } from './host-key-size.ts';

/** Judges the key of every key exchange of one connection, and tells what is to be kept of it. */
export function createHostKeyCheck(options: {
  readonly knownKeys: KnownKeys;
  /** Keeps what was seen; the exchange waits for it. */
  readonly noteKey: (sighting: KeySighting) => Promise<void>;
  /** Shorter RSA keys are taken too, for a host whose old algorithms are turned on. */
  readonly takesOld: boolean;
  readonly log: Log;
}) {
  const { knownKeys, noteKey, takesOld, log } = options;
  let refused: Failure | null = null;
  let accepted: { readonly wire: Buffer; readonly key: KnownHostKey; readonly isPinned: boolean } | null = null;

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
    // Unsaved, it would be a key of first sight again the next time, whatever it were then.
    if (trusted === 'first') await noteKey({ kind: 'pinned', key, source: 'first-sight' });
    if (trusted === 'listed') await noteIfPossible({ kind: 'pinned', key, source: 'known-hosts' });
    if (knownKeys.pending !== null && trusted !== 'first') await noteIfPossible({ kind: 'returned', key });
    accepted = { wire: Buffer.from(wire), key, isPinned: trusted !== 'certified' };
    return true;
  }

  /** What vouches for the key stands, whether or not this is saved. */
  async function noteIfPossible(sighting: KeySighting): Promise<void> {
    await noteKey(sighting).catch((error: Error) =>
      log('warning', 'hostkey', `What was seen of the host key could not be saved: ${error.message}`),
    );
  }

  return {
    /** Why the host was not logged in to; null when its key was neither refused nor failed to be saved. */
    refused: (): Failure | null => refused,
    /** For ssh2's `hostVerifier`. */
    verify: (wire: Buffer, done: (valid: boolean) => void): void => {
      // Another exchange of the same connection: what was right when it began is right while it lasts. Answered at once: what
      // the server says next may be there already, and ssh2 ends a connection whose key is judged too late.
      if (accepted?.wire.equals(wire)) {
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
     * For ssh2's `hostkeys`: the keys that the server announced as its own and proved to hold. They follow the pinned one;
     * never one that came by certificate, which its authority replaces.
     */
    follow: (proven: readonly Pick<ParsedKey, 'type' | 'getPublicSSH'>[]): void => {
      if (accepted === null || !accepted.isPinned) return;
      const keys = proven
        .filter((key) => whyTooShort(key.getPublicSSH(), takesOld) === null)
        .map((key) => ({ algorithm: key.type, keyBase64: key.getPublicSSH().toString('base64') }))
        .filter((key) => !isAmong(key, knownKeys.revoked));
      if (!isAmong(accepted.key, keys) || isSame(keys, knownKeys.pinned)) return;
      noteKey({ kind: 'announced', present: accepted.key, keys }).catch(() =>
        log('error', 'hostkey', "The host's other keys could not be kept"),
      );
    },
  };
}

const sentences = {
  pinned: 'The host key is a pinned one',
  listed: 'The host key is the one that known_hosts has',
  certified: 'The host key is certified by a trusted authority',
  first: 'First sight of this host: nobody has vouched for its key',
} as const;

function refusal({ key, why, old, said }: Extract<Verdict, { trusted: null }>): Failure {
  const details = { old: old.map(keyText).join(', '), new: keyText(key) };
  return failure('host-key', why, said === undefined ? details : { ...details, said });
}

function isSame(some: readonly KnownHostKey[], others: readonly KnownHostKey[]): boolean {
  return some.length === others.length && some.every((key) => isAmong(key, others));
}

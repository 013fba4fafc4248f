import type { Client } from 'ssh2';
import { FloodBudget, type PacketKind } from './flood-budget.ts';

/** How many of the keys that a server announces are looked at. */
export const maxAnnouncedKeys = 20;

/**
 * The parts of an ssh2 1.17 connection that are used here. Source: ssh2/lib/protocol/Protocol.js, crypto.js, client.js.
 */
type Decipher = { _onPayload: (payload: Buffer) => unknown };
type Internals = {
  readonly _protocol: { _decipher: Decipher | undefined };
  readonly _chanMgr: { readonly _count: number } | undefined;
};

/** Source: RFC 4250 §4.1.2. */
const message = { kexInit: 20, authFailure: 51, authRound: 60, globalRequest: 80, channelData: 94 } as const;
/** Replies to requests (81, 82, 91, 92, 99, 100), and the traffic of open channels (93, 96, 97, 98). */
const answers: ReadonlySet<number> = new Set([81, 82, 91, 92, 93, 96, 97, 98, 99, 100]);
const announcement = Buffer.from('hostkeys-00@openssh.com');
/** The type, the length of the name, the name, and whether an answer is wanted. */
const announcementHead = 1 + 4 + announcement.length + 1;

/**
 * Counts every packet of a server before ssh2 looks at it, and ends the connection if there are too many. Call it once,
 * after `connect`. `flooded` is called once; nothing more from the server is read after that. Every packet passes here,
 * whatever its type and also during a key exchange: ssh2 passes what it deciphered to one function of the current
 * decipher.
 */
export function limitFlood(client: Client, flooded: () => void, now: () => number = () => performance.now()): void {
  // Safe: every connected client has these, and the version of ssh2 is exact.
  const internals = client as unknown as Internals;
  const { _protocol: protocol } = internals;
  const budget = new FloodBudget(now());
  let isOver = false;
  let current = protocol._decipher;
  Object.defineProperty(protocol, '_decipher', {
    get: () => current,
    set: (decipher: Decipher | undefined) => {
      if (decipher) watch(decipher);
      current = decipher;
    },
  });

  function watch(decipher: Decipher): void {
    let handle = decipher._onPayload;
    const counted = (payload: Buffer): unknown => {
      take(payload);
      return handle(isAnnouncement(payload) ? withFewKeys(payload) : payload);
    };
    Object.defineProperty(decipher, '_onPayload', {
      get: () => counted,
      set: (next: Decipher['_onPayload']) => {
        handle = next;
      },
    });
  }

  /** Throws when it was too much, which also stops the reading of everything that arrived with it. */
  function take(payload: Buffer): void {
    const channels = internals._chanMgr?._count ?? 0;
    if (!isOver && budget.take(kindOf(payload), payload.length, now(), channels)) return;
    if (!isOver) {
      isOver = true;
      flooded();
    }
    throw new Error('the server sends too much');
  }
}

function kindOf(payload: Buffer): PacketKind {
  const type = payload[0] ?? 0;
  if (type === message.channelData) return 'data';
  if (answers.has(type)) return 'answer';
  if (type === message.kexInit) return 'key-exchange';
  if (type === message.authRound) return 'login-round';
  if (type === message.authFailure) return 'refusal';
  return isAnnouncement(payload) ? 'announced-keys' : 'unasked';
}

function isAnnouncement(payload: Buffer): boolean {
  return (
    payload[0] === message.globalRequest &&
    payload.length >= announcementHead &&
    payload.readUInt32BE(1) === announcement.length &&
    payload.subarray(5, 5 + announcement.length).equals(announcement)
  );
}

/** Up to the end of the last key that is looked at. Source: OpenSSH's PROTOCOL §2.5. */
function withFewKeys(payload: Buffer): Buffer {
  let end = announcementHead;
  for (let keys = 0; keys < maxAnnouncedKeys && end + 4 <= payload.length; keys += 1) {
    end += 4 + payload.readUInt32BE(end);
  }
  return payload.subarray(0, Math.min(end, payload.length));
}

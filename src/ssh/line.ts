import type { Duplex } from 'node:stream';
import { Client } from 'ssh2';
import { limitFlood } from './flood/flood.ts';
import { takeCertificates } from './host-keys/certified-kex.ts';
import { boundGroups } from './host-keys/group-exchange.ts';

/** A client and what it runs over. */
export class Line {
  readonly client = new Client();
  private readonly socket: Duplex;
  private flooded = false;

  constructor(socket: Duplex) {
    this.socket = socket;
  }

  /** Whether the server sent too much, including after the login. */
  get isFlooded(): boolean {
    return this.flooded;
  }

  /** Bounds what the server may cause, and what is kept of the connection. Call it once, after `connect`. */
  limit(withOldGroups: boolean): void {
    keepLittle(this.client);
    takeCertificates(this.client, (kex) => boundGroups(kex, withOldGroups));
    limitFlood(this.client, () => {
      this.flooded = true;
      this.destroy();
    });
  }

  /** Ends it in whatever state it is: ssh2 leaves a socket open after ending its own half. */
  destroy(): void {
    this.client.destroy();
    this.socket.on('error', () => {}).destroy();
  }
}

/** The lists of algorithms that a client offers at every key exchange. Source: KexInit in ssh2/lib/protocol/kex.js. */
type Offer = { readonly lists: { readonly all: Buffer } };

/** The parts of an ssh2 1.17 connection that are used here. Source: ssh2/lib/protocol/Protocol.js, kex.js. */
type Internals = {
  readonly _protocol: {
    _offer: Offer;
    readonly _cipher: object;
    readonly _decipher: object;
    readonly _kex: { _keys?: unknown } | undefined;
  };
};

/** Hosts are offered one of few lists: they differ by the keys that are known of a host. */
const maxOffers = 64;
const offers = new Map<string, Offer>();

/**
 * Keeps small what ssh2 remembers of a connection for as long as it lasts. Connections that offer the same share one list. What
 * was cut from Node's pool is copied: the 20 bytes of the server's name would keep 8 KiB. The keys of an exchange that is over
 * are forgotten.
 */
function keepLittle(client: Client): void {
  // Safe: every connected client has these, and the version of ssh2 is exact.
  const { _protocol: protocol } = client as unknown as Internals;
  protocol._offer = shared(protocol._offer);
  // Also after each further exchange.
  client.on('handshake', () => {
    for (const part of [protocol, protocol._cipher, protocol._decipher]) unpool(part);
    if (protocol._kex?._keys) protocol._kex._keys = null;
  });
}

function shared(offer: Offer): Offer {
  const text = offer.lists.all.toString('latin1');
  const known = offers.get(text);
  if (known !== undefined) return known;
  if (offers.size >= maxOffers) offers.clear();
  offers.set(text, offer);
  return offer;
}

/** Copies the bytes that an object has of Node's pool. */
function unpool(part: object): void {
  for (const [name, value] of Object.entries(part)) {
    if (!Buffer.isBuffer(value) || value.length === value.buffer.byteLength) continue;
    const copy = Buffer.allocUnsafeSlow(value.length);
    value.copy(copy);
    Object.assign(part, { [name]: copy });
  }
}

import { fileLimits } from '../lib/bounds/file-limit.ts';

/** Handshakes cost CPU, so only a few run at once; hosts that keep us waiting have separate places. */
export const handshakePlaces = { quick: 16, slow: 512, slowAfterMs: 150 };
/** Samples are cheap; ssh/shell.ts bounds the memory that many answers may use at once. */
export const samplePlaces = { quick: 256, slow: 2_048, slowAfterMs: 1_000 };
/** Pinging a host that is gone takes five seconds: at most this many sockets are open when all hosts are gone. */
const quickPings = Math.max(2, Math.min(64, Math.floor(fileLimits.pings / 4)));
export const pingPlaces = { quick: quickPings, slow: Math.min(512, fileLimits.pings - quickPings), slowAfterMs: 300 };

import { fileLimits } from '../lib/bounds/file-limit.ts';

/** Handshakes cost CPU, so few are begun at once; hosts that only keep us waiting have places of their own. */
export const handshakePlaces = { quick: 16, slow: 512, slowAfterMs: 150 };
/** Samples are cheap: what many at once may hold of answers is bounded in ssh/shell.ts. */
export const samplePlaces = { quick: 256, slow: 2_048, slowAfterMs: 1_000 };
/** Of hosts that are gone, a ping takes five seconds: so many sockets are open at most when all are. */
const quickPings = Math.max(2, Math.min(64, Math.floor(fileLimits.pings / 4)));
export const pingPlaces = { quick: quickPings, slow: Math.min(512, fileLimits.pings - quickPings), slowAfterMs: 300 };

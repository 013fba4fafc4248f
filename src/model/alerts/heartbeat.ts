/**
 * `off`: no address; `waiting`: not called yet; `ok`: the last call was taken; `failing`: it was not; `failed`:
 * Sonde cannot save what it sees, and the last call said so and was taken; `stopped`: Sonde does not
 * do its work, so that nothing is called; `sealed`: the address cannot be opened with this sealing key.
 */
export const heartbeatStates = ['off', 'waiting', 'ok', 'failing', 'failed', 'stopped', 'sealed'] as const;
export type HeartbeatState = (typeof heartbeatStates)[number];

/** What the sealed address of the dead man's switch is bound to; see src/sealing/columns.ts. */
export const heartbeatSecret = 'heartbeat:1:url';

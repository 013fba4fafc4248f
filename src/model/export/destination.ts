/** How series are sent. `remote-write`: Prometheus' remote write 1.0; `otlp`: OTLP over HTTP in protobuf. */
export const destinationKinds = ['remote-write', 'otlp'] as const;
export type DestinationKind = (typeof destinationKinds)[number];

/**
 * `off`: it is turned off; `waiting`: nothing was sent yet; `ok`: the last request was taken; `partial`: the receiver lately took a
 * request in part only, or had something to say about it; `failing`: it is tried again; `refused`: the receiver does not take what
 * is sent, which is lost; `sealed`: its settings cannot be opened with this sealing key;
 * `no-admin`: its owner is no longer an admin, so that nothing is sent.
 */
export const destinationStates = [
  'off',
  'waiting',
  'ok',
  'partial',
  'failing',
  'refused',
  'sealed',
  'no-admin',
] as const;
export type DestinationState = (typeof destinationStates)[number];

/** Destinations of all admins together. */
export const maxDestinations = 20;

/** How what is sent to a destination goes, since Sonde started or the destination was changed. */
export type DestinationStanding = {
  readonly state: DestinationState;
  /** Hosts whose series are sent. */
  readonly hosts: number;
  /** When the receiver last took something, ms since the epoch; null: never. */
  readonly sentAt: number | null;
  /** How old the oldest sample is that still waits, seconds; 0: none waits. */
  readonly lagSeconds: number;
  /** What waits in memory. */
  readonly waitingBytes: number;
  /** Samples that the receiver took, that it refused, and that were given up because it was away for too long. */
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
  /** What the receiver said last, if it was no success. */
  readonly error: string | null;
};

/** What the sealed settings of a destination are bound to; see src/sealing/columns.ts. */
export function destinationSecretOf(id: number): string {
  return `destination:${id}:config`;
}

/**
 * Where an attempt to reach or read a host ended; `sonde`: with Sonde itself. The list is closed: clients may rely on
 * it.
 */
export const stages = [
  'sonde',
  'dns',
  'tcp',
  'proxy',
  'jump',
  'handshake',
  'host-key',
  'auth',
  'shell',
  'sample',
] as const;
export type Stage = (typeof stages)[number];

/** Why it ended there. */
export const reasons = [
  'not-found',
  'refused',
  'unreachable',
  'timed-out',
  'reset',
  'changed',
  'unknown-key',
  'revoked',
  'bad-certificate',
  'rejected',
  'needs-code',
  'no-credential',
  'no-agent',
  'unusable-key',
  'expired',
  'password-expired',
  'account-closed',
  'paused',
  'too-many-sessions',
  'penalised',
  'no-algorithm',
  'bad-group',
  'weak-key',
  'not-ssh',
  'no-shell',
  'flooded',
  'no-forwarding',
  'cut',
  'unparsable',
  'unsupported',
  'cancelled',
  'no-network',
  'no-name-server',
  'no-files',
  'no-memory',
  'no-ports',
  'no-processes',
  'not-saved',
  'not-allowed',
] as const;
export type Reason = (typeof reasons)[number];

/** Why a host could not be reached or read, as data. `message` is one English sentence; `hint` says what to do. */
export type Failure = {
  readonly stage: Stage;
  readonly reason: Reason;
  readonly message: string;
  readonly hint: string;
  /** The proxy or jump host that is to blame; without it, the host itself is. */
  readonly hop?: FailedHop;
};

/** A hop that failed. `index` counts from Sonde, proxies first; `hostId` is null for a proxy. */
export type FailedHop = {
  readonly index: number;
  readonly hostId: number | null;
  readonly name: string;
  /** What happened to the hop, as its own page would show it; null for a proxy. */
  readonly failure: Failure | null;
};

/** Whether the route to a host is broken, so that nothing is known about the host itself. */
export function isWayBroken(failure: Failure | null): boolean {
  return failure !== null && (failure.stage === 'proxy' || failure.stage === 'jump');
}

/** Whether Sonde or its machine is to blame, so that nothing is known about the host. */
export function isOurs(failure: Failure | null): boolean {
  return failure?.stage === 'sonde';
}

/** Whether a failure says nothing about the host itself; its status then stays as it was. */
export function tellsNothing(failure: Failure | null): boolean {
  return isWayBroken(failure) || isOurs(failure);
}

/** Whether a host refused what was offered, so that offering it again may lock the account. */
export function isLoginRefused({ reason }: Failure): boolean {
  return reason === 'rejected' || reason === 'account-closed' || reason === 'password-expired';
}

/** Whether a host was refused because of its key or the key of a hop. */
export function isKeyFailure({ reason }: Failure): boolean {
  return reason === 'changed' || reason === 'unknown-key' || reason === 'revoked' || reason === 'bad-certificate';
}

/** Carries a {@link Failure} out of the code that reaches hosts; the poll catches it and turns it into data. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly failure: Failure;
  /**
   * When it may be tried again, monotonic ms; null: when a person wants it; undefined: the code that catches it
   * decides.
   */
  readonly retryAt: number | null | undefined;
  /** Nothing has been sent to the host yet, so whether it is up is unknown. */
  readonly isUntouched: boolean;

  constructor(
    failure: Failure,
    options?: ErrorOptions & { readonly retryAt?: number | null; readonly isUntouched?: boolean },
  ) {
    super(failure.message, options);
    this.isUntouched = options?.isUntouched ?? false;
    this.failure = failure;
    this.retryAt = options?.retryAt;
  }
}

/** Where a try to reach or read a host ended. The list is closed: clients may rely on it. */
export type Stage = 'dns' | 'tcp' | 'proxy' | 'jump' | 'handshake' | 'host-key' | 'auth' | 'shell' | 'sample';

/** Why it ended there. */
export type Reason =
  | 'not-found'
  | 'refused'
  | 'unreachable'
  | 'timed-out'
  | 'reset'
  | 'changed'
  | 'unknown-key'
  | 'revoked'
  | 'bad-certificate'
  | 'rejected'
  | 'needs-code'
  | 'no-credential'
  | 'no-agent'
  | 'expired'
  | 'paused'
  | 'too-many-sessions'
  | 'penalised'
  | 'no-algorithm'
  | 'not-ssh'
  | 'no-shell'
  | 'cut'
  | 'unparsable'
  | 'unsupported'
  | 'cancelled';

/** Why a host could not be reached or read, as data. `message` is one English sentence; `hint` says what to do. */
export type Failure = {
  readonly stage: Stage;
  readonly reason: Reason;
  readonly message: string;
  readonly hint: string;
};

/** Whether a host was refused because of its key, or the key of a host on the way to it. */
export function isKeyFailure({ reason }: Failure): boolean {
  return reason === 'changed' || reason === 'unknown-key' || reason === 'revoked' || reason === 'bad-certificate';
}

/** Carries a {@link Failure} out of the code that reaches hosts; caught by the poll and turned into data. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

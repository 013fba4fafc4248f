import { connect } from 'node:net';
import ssh2, {
  type GetStreamCallback,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import { whyNotNow } from '../../lib/ssh/certificate.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../failures.ts';
import { localLack } from '../socket-failure.ts';
import { type AgentKey, heldKeys, offerable } from './agent-keys.ts';

/** Every offered key counts as an attempt; OpenSSH allows six (MaxAuthTries). */
export const maxAgentKeys = 5;
const answerMs = 5_000;

export type AgentOptions = {
  readonly socket: string;
  /** `SHA256:…` of the one key to offer; null: the first {@link maxAgentKeys}. */
  readonly key: string | null;
  /** Called with the keys that are offered, and how many the agent holds. */
  readonly offering: (offered: readonly AgentKey[], held: number) => void;
  /** Called with the reason for a failure before the client learns of it. */
  readonly failed: (why: Failure) => void;
};

/** The SSH agent of this machine, limited to a few of its keys and certificates. */
export class LentAgent extends ssh2.OpenSSHAgent {
  private readonly options: AgentOptions;
  private offered: readonly AgentKey[] = [];

  constructor(options: AgentOptions) {
    super(options.socket);
    this.options = options;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    this.choose()
      .then(
        (keys) => done(undefined, [...keys]),
        (error: Error) => done(this.fail(error.message, error.cause)),
      )
      // The connection may be over by now.
      .catch((error: Error) => void this.fail(error.message));
  }

  private async choose(): Promise<readonly ParsedKey[]> {
    const { socket, key, offering } = this.options;
    const held = await heldKeys(socket, AbortSignal.timeout(answerMs));
    const wanted = key === null ? held : held.filter(({ fingerprint }) => fingerprint === key);
    if (held.length === 0) throw new Error('it holds no usable key');
    if (wanted.length === 0) throw new Error(`it does not hold the key ${key}`);
    const [expired] = wanted.flatMap(
      ({ certificate }) => (certificate ? whyNotNow(certificate, Date.now()) : null) ?? [],
    );
    this.offered = offerable(wanted, Date.now()).slice(0, maxAgentKeys);
    if (this.offered.length === 0) throw new Error(`it holds only a certificate, and ${expired}`);
    offering(this.offered, held.length);
    return this.offered.map((one) => one.key);
  }

  /** Like the library's own agent, which does not say why a socket could not be opened. */
  override getStream(done: GetStreamCallback): void {
    const socket = connect({ path: this.options.socket });
    const failed = (error: Error): void => {
      socket.destroy();
      done(error);
    };
    socket.once('error', failed).once('connect', () => {
      socket.off('error', failed);
      done(null, socket);
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): boolean {
    const told = (typeof options === 'function' ? options : done) ?? (() => {});
    const lent = this.offered.find((one) => one.key === key);
    const isOfRsa = lent?.certificate?.keyType === 'ssh-rsa';
    // The library asks for SHA-2 only if it recognises the key as RSA by its type.
    const signed = isOfRsa ? (Object.create(lent.key, { type: { value: 'ssh-rsa' } }) as ParsedKey) : key;
    const asked = isOfRsa ? { hash: 'sha512' as const } : typeof options === 'function' ? {} : (options ?? {});
    super.sign(signed, data, asked, (error, signature) => {
      if (error) told(this.fail('it refused to sign', error));
      else told(null, signature);
    });
    return true;
  }

  /** `cause`: the error of its socket. */
  private fail(said: string, cause?: unknown): Error {
    const own = cause instanceof Error ? localLack(cause) : null;
    this.options.failed(own ?? failure('auth', 'no-agent', { said }));
    return new Error(said);
  }
}

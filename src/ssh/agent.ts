import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';
import { fingerprintOf } from '../lib/fingerprint.ts';

/** Every key that is offered counts as a try, of which OpenSSH permits six (MaxAuthTries). */
export const maxAgentKeys = 5;
const answerMs = 5_000;

export type AgentOptions = {
  readonly socket: string;
  /** `SHA256:…` of the one key to offer; null: the first {@link maxAgentKeys}. */
  readonly key: string | null;
  /** Told how many keys are offered, of how many the agent holds. */
  readonly offering: (count: number, held: number) => void;
  /** Told why nothing comes of it, before the client is. */
  readonly failed: (why: string) => void;
};

/** The SSH agent of this machine, which lends few of its keys. Certificates in it are passed over: ssh2 cannot read them. */
export class LentAgent extends ssh2.OpenSSHAgent {
  private readonly options: AgentOptions;

  constructor(options: AgentOptions) {
    super(options.socket);
    this.options = options;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    const { socket, key, offering } = this.options;
    let over = false;
    const end = (why: string | null, keys: readonly ParsedKey[] = []): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      if (why === null) done(undefined, [...keys]);
      else done(this.fail(why));
    };
    const timer = setTimeout(() => end(`${socket} does not answer`), answerMs);
    super.getIdentities((error, held) => {
      // Without a choice of ours the library gives keys that it parsed.
      const keys = (held ?? []) as readonly ParsedKey[];
      const wanted = key === null ? keys : keys.filter((one) => fingerprintOf(toBase64(one)) === key);
      if (error) return end(`nobody answers on ${socket}`);
      if (keys.length === 0) return end('it holds no key that can be used');
      if (wanted.length === 0) return end(`it does not hold the key ${key}`);
      const offered = wanted.slice(0, maxAgentKeys);
      offering(offered.length, keys.length);
      end(null, offered);
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): boolean {
    const told = (typeof options === 'function' ? options : done) ?? (() => {});
    super.sign(key, data, typeof options === 'function' ? {} : (options ?? {}), (error, signature) => {
      if (error) told(this.fail('it refused to sign'));
      else told(null, signature);
    });
    return true;
  }

  private fail(why: string): Error {
    this.options.failed(why);
    return new Error(why);
  }
}

function toBase64(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}

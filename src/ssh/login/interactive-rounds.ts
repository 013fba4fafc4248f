import type { Client } from 'ssh2';

type Handler = (protocol: unknown, name: string, instructions: string, prompts: readonly unknown[] | undefined) => void;

/** The parts of an ssh2 1.17 connection that are used here. Source: ssh2/lib/client.js. */
type Internals = { readonly _protocol: { readonly _handlers: { USERAUTH_INFO_REQUEST: Handler } } };

/**
 * Receives what a server says in rounds without prompts, which ssh2 answers by itself; PAM uses them to explain why it
 * rejects somebody. Call it once, after `connect`; what it returns ends it.
 */
export function hearRounds(client: Client, told: (text: string) => void): () => void {
  // Safe: every connected client has these, and the version of ssh2 is exact.
  const { _handlers: handlers } = (client as unknown as Internals)._protocol;
  const handle = handlers.USERAUTH_INFO_REQUEST;
  handlers.USERAUTH_INFO_REQUEST = (protocol, name, instructions, prompts) => {
    if ((prompts?.length ?? 0) === 0) told(`${name}\n${instructions}`);
    handle(protocol, name, instructions, prompts);
  };
  return () => {
    handlers.USERAUTH_INFO_REQUEST = handle;
  };
}

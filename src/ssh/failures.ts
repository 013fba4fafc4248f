import type { Failure, Reason, Stage } from '../model/failure.ts';

/** What a sentence may be told of the case at hand. */
type Details = { readonly said?: string; readonly address?: string; readonly old?: string; readonly new?: string };

type Sentence = { readonly message: (details: Details) => string; readonly hint: string };

const said = (details: Details): string => (details.said ? `: ${details.said}` : '');

/** Every failure that this program knows, with its sentence and what to do. */
const sentences: { readonly [Key in `${Stage}/${Reason}`]?: Sentence } = {
  'dns/not-found': {
    message: (d) => `The name ${d.address ?? ''} could not be resolved`,
    hint: 'Check the spelling of the address and the name servers of the machine that Sonde runs on.',
  },
  'tcp/refused': {
    message: () => 'The host refused the connection',
    hint: 'Check the port, and that the SSH server is running.',
  },
  'tcp/unreachable': {
    message: () => 'There is no route to the host',
    hint: 'Check the network between Sonde and the host.',
  },
  'tcp/timed-out': {
    message: () => 'The host did not answer in time',
    hint: 'Check that it is running and that no firewall drops the connection.',
  },
  'tcp/reset': {
    message: () => 'The connection was reset',
    hint: 'A firewall or the host ended it; it is tried again.',
  },
  'tcp/penalised': {
    message: () => 'The host lets nobody in from this address any more, since it refused a login',
    hint: 'A tool such as fail2ban has probably banned the address that Sonde connects from. Sonde stays away and looks again ever more rarely; unban it on the host to have it back at once, and correct the password or key.',
  },
  'handshake/timed-out': {
    message: () => 'The port is open but the SSH server did not answer in time',
    hint: 'The SSH server may hang or be overloaded.',
  },
  'handshake/reset': {
    message: (d) => `The connection ended before the SSH handshake${said(d)}`,
    hint: 'The server may be restarting, or a tool such as fail2ban may be refusing this address.',
  },
  'handshake/not-ssh': {
    message: (d) => `What answers on this port is not an SSH server${said(d)}`,
    hint: 'Check the port.',
  },
  'handshake/too-many-sessions': {
    message: (d) => `The SSH server has too many unauthenticated connections${said(d)}`,
    hint: 'It is tried again later. Raise MaxStartups if this happens often.',
  },
  'handshake/penalised': {
    message: (d) => `The SSH server refuses this address for a while${said(d)}`,
    hint: 'OpenSSH does so after failed logins (PerSourcePenalties). Sonde waits until it is over.',
  },
  'handshake/no-algorithm': {
    message: (d) => `Sonde and the server have no algorithm in common${said(d)}`,
    hint: 'The server offers only old algorithms; update it.',
  },
  'host-key/changed': {
    message: (d) => `The host's key has changed: it was ${d.old ?? 'another'}, now it is ${d.new ?? 'unknown'}`,
    hint: 'If the host was not installed anew, somebody may be in between. Accept the new key only after checking it.',
  },
  'host-key/unknown-key': {
    message: (d) => `Nobody has vouched for the host's key yet: ${d.new ?? 'unknown'}`,
    hint: 'Compare it with the one that the host itself prints, then accept it, or import a known_hosts file that has it.',
  },
  'host-key/revoked': {
    message: (d) => `The host's key is revoked: ${d.new ?? 'unknown'}`,
    hint: 'A line @revoked of known_hosts names it or its authority. Give the host a new key, or remove the line.',
  },
  'host-key/bad-certificate': {
    message: (d) => `The host's certificate is not valid${said(d)}`,
    hint: 'Have its authority issue a new one for the address that Sonde uses; it is looked at again every hour.',
  },
  'auth/rejected': {
    message: (d) => `The host refused the login${said(d)}`,
    hint: 'Check the user name and the password or key. It is offered again by itself only after an hour, then eight, then once a day.',
  },
  'auth/needs-code': {
    message: () => 'The host asks for a code at login',
    hint: 'Start the host by hand and enter the code; Sonde never starts such a login by itself.',
  },
  'auth/no-credential': {
    message: (d) => `The host does not accept the kind of login that is configured${said(d)}`,
    hint: 'Configure a password or key that the host accepts.',
  },
  'auth/timed-out': { message: () => 'The login was not answered in time', hint: 'The host may be overloaded.' },
  'auth/reset': {
    message: () => 'The host ended the connection during the login',
    hint: 'It may allow no more tries, or the user may not be permitted to log in.',
  },
  'auth/cancelled': { message: () => 'The login was cancelled', hint: 'Start the host again.' },
  'shell/no-shell': {
    message: (d) => `The host gives no shell${said(d)}`,
    hint: 'Metrics need a user who may run sh; the host is still checked by TCP ping.',
  },
  'shell/timed-out': {
    message: () => "The host's shell did not start in time",
    hint: 'Look for a start-up file of the shell that waits (.bashrc, .profile).',
  },
  'shell/too-many-sessions': {
    message: (d) => `The host refused to open a channel${said(d)}`,
    hint: 'Check MaxSessions in sshd_config; Sonde needs one.',
  },
  'shell/unsupported': {
    message: (d) => d.said ?? 'This way to a host is not supported yet',
    hint: 'The host is kept as it is.',
  },
  'sample/timed-out': {
    message: () => 'The host did not answer a sample in time',
    hint: 'The host may be overloaded.',
  },
  'sample/cut': { message: () => 'The answer of the host was cut', hint: 'The connection is opened anew.' },
  'sample/unparsable': {
    message: () => 'The answer of the host was not understood',
    hint: 'The connection is opened anew.',
  },
  'sample/reset': { message: () => 'The connection to the host was lost', hint: 'It is opened anew.' },
};

/** The failure of a stage and reason, with its sentence. */
export function failure(stage: Stage, reason: Reason, details: Details = {}): Failure {
  const sentence = sentences[`${stage}/${reason}`];
  return {
    stage,
    reason,
    message: sentence?.message(details) ?? `Failed: ${stage}, ${reason}`,
    hint: sentence?.hint ?? '',
  };
}

/** The failure of a socket error, by its code (`ECONNREFUSED` …). Source: node's errno names; testing with real faults. */
export function socketFailure(error: NodeJS.ErrnoException, address: string): Failure {
  const codes =
    error instanceof AggregateError ? error.errors.map((one: NodeJS.ErrnoException) => one.code) : [error.code];
  for (const code of codes) {
    switch (code) {
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EAI_NODATA':
      case 'EAI_FAIL':
        return failure('dns', 'not-found', { address });
      case 'ECONNREFUSED':
        return failure('tcp', 'refused');
      case 'ECONNRESET':
      case 'EPIPE':
        return failure('tcp', 'reset');
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'EHOSTDOWN':
      case 'EADDRNOTAVAIL':
      case 'EINVAL':
      case 'EACCES':
      case 'EPERM':
        return failure('tcp', 'unreachable');
      case 'ETIMEDOUT':
        return failure('tcp', 'timed-out');
    }
  }
  return failure('tcp', 'unreachable');
}

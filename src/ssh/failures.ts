import type { Hop } from '../model/connection/hop.ts';
import type { Failure, Reason, Stage } from '../model/failure.ts';

/** What a sentence may be told of the case at hand. */
type Details = {
  readonly said?: string;
  /** What is needed to log in, and is not there: nothing was sent to the host. */
  readonly missing?: string;
  readonly address?: string;
  readonly old?: string;
  readonly new?: string;
  /** The hop from which the host was looked at. */
  readonly from?: string;
};

type Sentence = { readonly message: (details: Details) => string; readonly hint: string };

const said = (details: Details): string => (details.said ? `: ${details.said}` : '');
const seenFrom = (details: Details): string => (details.from ? `, as seen from ${details.from}` : '');

/** Every failure that this program knows, with its sentence and what to do. docs/failures.md lists the same. */
export const sentences: { readonly [Key in `${Stage}/${Reason}`]?: Sentence } = {
  'sonde/no-network': {
    message: () => 'The machine that Sonde runs on has no network connection to the host',
    hint: 'Check the network of that machine. Until it is back, the status of the host is the last one known.',
  },
  'sonde/no-name-server': {
    message: (d) => `No name server answered for ${d.address ?? ''}`,
    hint: 'Check /etc/resolv.conf and the name servers of the machine that Sonde runs on. Until one answers, the status of the host is the last one known.',
  },
  'sonde/no-files': {
    message: () => 'Sonde has as many files and connections open as it may',
    hint: 'Raise the limit of open files (ulimit -n, LimitNOFILE in a systemd unit) and restart Sonde, or monitor fewer hosts.',
  },
  'sonde/no-memory': {
    message: () => 'The machine that Sonde runs on is out of memory',
    hint: 'Free memory there, or monitor fewer hosts.',
  },
  'sonde/no-ports': {
    message: () => 'The machine that Sonde runs on has no free port for another connection',
    hint: 'Look for a program there that opens many connections, or widen net.ipv4.ip_local_port_range.',
  },
  'sonde/no-processes': {
    message: () => 'The machine that Sonde runs on can start no more processes',
    hint: 'Raise the limit of processes (ulimit -u, TasksMax in a systemd unit), or end some of them.',
  },
  'sonde/not-saved': {
    message: (d) => `Sonde could not save the host's key, so it did not log in${said(d)}`,
    hint: 'Free space on the disk that Sonde uses, or make it writable. Sonde tries again by itself.',
  },
  'sonde/not-allowed': {
    message: (d) =>
      `Sonde does not connect to ${d.address ?? ''}: an admin has closed its network to the hosts of users`,
    hint: 'Check the address, or ask an admin to open its network (Settings, Collection). Nothing was sent there.',
  },
  'dns/not-found': {
    message: (d) => `The name ${d.address ?? ''} could not be resolved${seenFrom(d)}`,
    hint: 'Check the spelling of the address and the name servers of what resolves it: the last jump host, else the machine that Sonde runs on.',
  },
  'tcp/refused': {
    message: (d) => `The host refused the connection${seenFrom(d)}`,
    hint: 'Check the port, that the SSH server is running, and that no firewall rejects where the connection comes from.',
  },
  'tcp/unreachable': {
    message: (d) => `There is no route to the host${seenFrom(d)}`,
    hint: 'Check the address, and the network and firewalls between Sonde and the host.',
  },
  'tcp/timed-out': {
    message: (d) => `The host did not answer in time${seenFrom(d)}`,
    hint: 'Check that it is running and that no firewall drops the connection.',
  },
  'tcp/reset': {
    message: (d) => `The connection was reset${seenFrom(d)}`,
    hint: 'A firewall or the host itself cut it off. It is tried again by itself; if it stays so, look for rules against the address of Sonde.',
  },
  'tcp/penalised': {
    message: () => 'The host lets nobody in from this address any more, since it refused a login',
    hint: 'A tool such as fail2ban has probably banned the address that Sonde connects from. Sonde stays away and looks again ever more rarely; unban it on the host to have it back at once, and correct the password or key.',
  },
  'proxy/not-found': {
    message: (d) => `Its name ${d.address ?? ''} could not be resolved`,
    hint: 'Check the address of the proxy and the name servers of what connects to it.',
  },
  'proxy/refused': {
    message: () => 'It refused the connection',
    hint: 'Check the port of the proxy, and that it is running.',
  },
  'proxy/unreachable': {
    message: (d) => `There is no way to it or on from it${said(d)}`,
    hint: 'Check the network to the proxy, and what the proxy says in its own log.',
  },
  'proxy/timed-out': {
    message: () => 'It did not answer in time',
    hint: 'Check that it is running; it may be trying in vain to reach the host.',
  },
  'proxy/reset': {
    message: () => 'It ended the connection',
    hint: 'Check that its type is the right one, and that it serves this address.',
  },
  'proxy/rejected': {
    message: (d) => `It refused the login${said(d)}`,
    hint: 'Check the user name and password of the proxy. They are offered again by themselves only after an hour.',
  },
  'proxy/no-forwarding': {
    message: (d) => `It does not permit this connection${said(d)}`,
    hint: 'Permit it in the rules of the proxy; some permit HTTPS alone.',
  },
  'jump/no-forwarding': {
    message: (d) => `It does not forward this connection${said(d)}`,
    hint: 'Check AllowTcpForwarding and PermitOpen in its sshd_config, and restrictions of the key in authorized_keys.',
  },
  'jump/too-many-sessions': {
    message: (d) => `It opens no more connections${said(d)}`,
    hint: 'It is tried again later.',
  },
  'jump/timed-out': {
    message: () => 'It answers no more',
    hint: 'It may hang or be cut off; a new connection to it is tried.',
  },
  'jump/reset': {
    message: () => 'The connection to it was lost',
    hint: 'It is opened anew; look at the log of its sshd if this happens often.',
  },
  'jump/not-found': {
    message: () => 'It is gone, or is not lent to the owner of this host any more',
    hint: 'Edit the host and choose another jump host.',
  },
  'jump/unsupported': {
    message: () => 'The jump hosts lead in a circle, or are more than ten',
    hint: 'Edit the host or its jump hosts.',
  },
  'handshake/timed-out': {
    message: () => 'The port is open but the SSH server did not answer in time',
    hint: 'It may hang or be overloaded: look at its load and at the log of sshd, and start sshd anew if need be.',
  },
  'handshake/reset': {
    message: (d) => `The connection ended before the SSH handshake${said(d)}`,
    hint: 'The server may be starting, or refuse the address of Sonde: look at its log, /etc/hosts.deny, and tools such as fail2ban.',
  },
  'handshake/not-ssh': {
    message: (d) => `What answers on this port is not an SSH server${said(d)}`,
    hint: 'Check the port: SSH listens on 22 unless it was configured otherwise.',
  },
  'handshake/too-many-sessions': {
    message: (d) => `The SSH server has too many unauthenticated connections${said(d)}`,
    hint: 'Somebody may be guessing passwords there. Sonde leaves it alone and tries again ever more rarely; raise MaxStartups if this happens often.',
  },
  'handshake/penalised': {
    message: (d) => `The SSH server refuses this address for a while${said(d)}`,
    hint: 'OpenSSH does so after failed logins from an address (PerSourcePenalties). Sonde sends it nothing, not even pings, for half a minute or more, and waits longer each time.',
  },
  'handshake/no-algorithm': {
    message: (d) => `Sonde and the server have no algorithm in common${said(d)}`,
    hint: 'Update the server. If that cannot be, turn on old algorithms for this host (legacyAlgorithms): they weaken its connection.',
  },
  'handshake/bad-group': {
    message: (d) => `The server chose a Diffie-Hellman group that Sonde does not use${said(d)}`,
    hint: 'Give its sshd other groups (ModuliFile), or let it offer curve25519-sha256. Groups of 1,024 bits are used only where old algorithms are turned on for this host (legacyAlgorithms).',
  },
  'host-key/weak-key': {
    message: (d) => `The RSA key of the host is too short${said(d)}`,
    hint: 'Give the host another key (ssh-keygen -A makes one of Ed25519). If that cannot be, turn on old algorithms for this host (legacyAlgorithms).',
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
    message: (d) =>
      d.missing
        ? `There is nothing to log in with: ${d.missing}`
        : `The host does not accept the kind of login that is configured${said(d)}`,
    hint: 'Configure a password or key that the host accepts.',
  },
  'auth/no-agent': {
    message: (d) => `The SSH agent of the machine that Sonde runs on did not help${said(d)}`,
    hint: 'Start ssh-agent, give it the key (ssh-add), and point SONDE_SSH_AGENT or SSH_AUTH_SOCK to its socket.',
  },
  'auth/unusable-key': {
    message: (d) => `The private key of this login cannot be used${said(d)}`,
    hint: 'Save the key again, as the sentence says or as another one; nothing is offered to the host until then.',
  },
  'auth/expired': {
    message: (d) => `The certificate of the login cannot be used${said(d)}`,
    hint: 'Have it issued anew and save it; nothing is offered to the host until then.',
  },
  'auth/password-expired': {
    message: () => 'The password of this account has expired and must be changed',
    hint: 'Log in by hand, choose a new password, and save it here if Sonde uses it. Sonde tries again after an hour, then eight, then once a day.',
  },
  'auth/account-closed': {
    message: (d) => `The host does not let this account in${said(d)}`,
    hint: 'The account may be expired or locked, or the host lets nobody in at the moment: ask whoever runs it. Sonde tries again after an hour, then eight, then once a day.',
  },
  'auth/paused': {
    message: (d) => `This login was refused by other hosts, so it is not offered to this one${said(d)}`,
    hint: 'Correct its password or key. Sonde holds back so that no account is locked; start the host by hand to try it now.',
  },
  'auth/timed-out': {
    message: () => 'The login was not answered in time',
    hint: 'The host may be overloaded, or what checks its logins (LDAP, PAM) may hang.',
  },
  'auth/reset': {
    message: () => 'The host ended the connection during the login',
    hint: 'It may allow fewer tries (MaxAuthTries), or have ended for another reason: look at the log of sshd.',
  },
  'auth/cancelled': {
    message: () => 'The login was given up before it was done',
    hint: 'Its code was not given, or the host was changed or removed meanwhile. Start it again.',
  },
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
  'shell/flooded': {
    message: () => 'The host sent far more than it was asked for, so Sonde ended the connection',
    hint: 'Something on the host answers as SSH and floods its clients: look at its log and at what listens on this port. Sonde tries again after ten minutes, then every hour.',
  },
  'shell/unsupported': {
    message: (d) => d.said ?? 'This way to a host is not supported yet',
    hint: 'The host is kept as it is.',
  },
  'sample/timed-out': {
    message: (d) => d.said ?? 'The host did not answer a sample in time',
    hint: 'It may be overloaded, or its processes stopped. Sonde asks again at the next interval and, where that is in vain too, over a new connection.',
  },
  'sample/cut': {
    message: () => 'The host ended in the midst of an answer',
    hint: 'Something there ends processes: look for limits and for the out-of-memory killer. Sonde asks again.',
  },
  'sample/unparsable': {
    message: () => 'The answer of the host was not understood',
    hint: 'Its /proc/uptime says nothing that can be read; without it no rates can be told. Look at it on the host.',
  },
  'sample/reset': {
    message: () => 'The host ended the session before it answered',
    hint: 'Something there ends processes or sessions: look for limits and at the log of sshd. Sonde asks again.',
  },
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

/** A failure whose cause is not tried again yet; `until`: when this person may have it tried, ms since the epoch. */
export function heldBack(own: Failure, until: number | null, mayOverride: boolean): Failure {
  const time = until === null ? null : new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const when = time === null ? 'not before somebody changes something' : `not before ${time}`;
  const who = mayOverride ? '' : '; who manages the host can start it sooner';
  return { ...own, message: `${own.message}; nothing was sent now: it is tried again ${when}${who}` };
}

/** What a host behind a hop shows of the hop's failure: the hop is named, its own failure carried. */
export function hopFailure(own: Failure, { index, kind, hostId, name }: Hop): Failure {
  const who = kind === 'jump' ? 'Jump host' : 'Proxy';
  return {
    stage: kind,
    reason: own.reason,
    message: `${who} ${name}: ${own.message}`,
    hint: own.hint,
    hop: { index, hostId, name, failure: kind === 'jump' ? own : null },
  };
}

import type { Hop } from '../model/connection/hop.ts';
import type { Failure, Reason, Stage } from '../model/failure.ts';

/** Details that a sentence may show. */
type Details = {
  readonly said?: string;
  /** What is missing for a login; nothing was sent to the host. */
  readonly missing?: string;
  readonly address?: string;
  readonly old?: string;
  readonly new?: string;
  /** The hop from which Sonde checked the host. */
  readonly from?: string;
};

type Sentence = { readonly message: (details: Details) => string; readonly hint: string };

const said = (details: Details): string => (details.said ? `: ${details.said}` : '');
const seenFrom = (details: Details): string => (details.from ? `, as seen from ${details.from}` : '');

/** Every failure, with its sentence and what to do. docs/failures.md lists the same. */
export const sentences: { readonly [Key in `${Stage}/${Reason}`]?: Sentence } = {
  'sonde/no-network': {
    message: () => 'The machine that Sonde runs on has no network connection to this host',
    hint: 'Check the network of that machine. Until it is back, the host keeps its last known status.',
  },
  'sonde/no-name-server': {
    message: (d) => `No name server answered for ${d.address ?? ''}`,
    hint: 'Check /etc/resolv.conf and the name servers of the machine that Sonde runs on. Until one answers, the host keeps its last known status.',
  },
  'sonde/no-files': {
    message: () => 'Sonde has reached its limit of open files and connections',
    hint: 'Raise the limit (ulimit -n, or LimitNOFILE in a systemd unit) and restart Sonde, or monitor fewer hosts.',
  },
  'sonde/no-memory': {
    message: () => 'The machine that Sonde runs on is out of memory',
    hint: 'Free some memory there, or monitor fewer hosts.',
  },
  'sonde/no-ports': {
    message: () => 'The machine that Sonde runs on has no free port for another connection',
    hint: 'Look for a program on that machine that opens many connections, or widen net.ipv4.ip_local_port_range.',
  },
  'sonde/no-processes': {
    message: () => 'The machine that Sonde runs on cannot start any more processes',
    hint: 'Raise the limit (ulimit -u, or TasksMax in a systemd unit), or stop some processes.',
  },
  'sonde/not-saved': {
    message: (d) => `Sonde could not save the host's key, so it did not log in${said(d)}`,
    hint: 'Free some space on the disk that Sonde uses, or make it writable. Sonde retries by itself.',
  },
  'sonde/not-allowed': {
    message: (d) => `Sonde does not connect to ${d.address ?? ''}: an admin has blocked its network for users' hosts`,
    hint: 'Check the address, or ask an admin to allow its network (Settings, Collection). Sonde sent nothing there.',
  },
  'dns/not-found': {
    message: (d) => `The name ${d.address ?? ''} could not be resolved${seenFrom(d)}`,
    hint: 'Check the spelling of the address, and the name servers of the machine that resolves it: the last jump host or, without one, the machine that Sonde runs on.',
  },
  'tcp/refused': {
    message: (d) => `The host refused the connection${seenFrom(d)}`,
    hint: 'Check the port, that the SSH server is running, and that no firewall rejects the connection.',
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
    hint: "A firewall or the host closed it. Sonde retries by itself; if this continues, look for firewall rules that block Sonde's address.",
  },
  'tcp/penalised': {
    message: () => 'The host blocks this address since it refused a login',
    hint: "A tool such as fail2ban has probably banned Sonde's address. Correct the password or key, and unban the address on the host; until then Sonde checks less and less often.",
  },
  'proxy/not-found': {
    message: (d) => `Its name ${d.address ?? ''} could not be resolved`,
    hint: 'Check the address of the proxy, and the name servers of the machine that connects to it.',
  },
  'proxy/refused': {
    message: () => 'It refused the connection',
    hint: 'Check the port of the proxy, and that the proxy is running.',
  },
  'proxy/unreachable': {
    message: (d) => `The proxy cannot be reached, or it cannot reach the next hop${said(d)}`,
    hint: "Check the network to the proxy, and the proxy's log.",
  },
  'proxy/timed-out': {
    message: () => 'It did not answer in time',
    hint: 'Check that the proxy is running, and that it can reach the host.',
  },
  'proxy/reset': {
    message: () => 'It closed the connection',
    hint: 'Check the type of the proxy, and that it accepts connections from this address.',
  },
  'proxy/rejected': {
    message: (d) => `It refused the login${said(d)}`,
    hint: 'Check the user name and password of the proxy. Sonde offers them again only after an hour.',
  },
  'proxy/no-forwarding': {
    message: (d) => `It does not allow this connection${said(d)}`,
    hint: 'Allow it in the rules of the proxy. Some proxies allow only HTTPS.',
  },
  'jump/no-forwarding': {
    message: (d) => `It does not forward this connection${said(d)}`,
    hint: 'Check AllowTcpForwarding and PermitOpen in its sshd_config, and the restrictions of the key in authorized_keys.',
  },
  'jump/too-many-sessions': {
    message: (d) => `It refuses to open more connections${said(d)}`,
    hint: 'Sonde retries later. If this happens often, look at the log of its sshd.',
  },
  'jump/timed-out': {
    message: () => 'It stopped responding',
    hint: 'It may hang, or its network may be down. Sonde tries a new connection.',
  },
  'jump/reset': {
    message: () => 'The connection to it was lost',
    hint: 'Sonde reconnects. If this happens often, look at the log of its sshd.',
  },
  'jump/not-found': {
    message: () => 'It was removed, or the owner of this host may no longer use it',
    hint: 'Edit the host and choose another jump host.',
  },
  'jump/unsupported': {
    message: () => 'The jump hosts form a circle, or there are more than ten',
    hint: 'Edit the host or its jump hosts.',
  },
  'handshake/timed-out': {
    message: () => 'The port is open, but the SSH server did not answer in time',
    hint: 'The server may hang or be overloaded. Check its load and the log of sshd, and restart sshd if necessary.',
  },
  'handshake/reset': {
    message: (d) => `The connection ended before the SSH handshake${said(d)}`,
    hint: "The server may be starting, or it may block Sonde's address. Check its log, /etc/hosts.deny, and tools such as fail2ban.",
  },
  'handshake/not-ssh': {
    message: (d) => `The service on this port is not an SSH server${said(d)}`,
    hint: 'Check the port. SSH uses port 22 unless it is configured otherwise.',
  },
  'handshake/too-many-sessions': {
    message: (d) => `The SSH server has too many unauthenticated connections${said(d)}`,
    hint: 'Somebody may be guessing passwords there. Sonde retries less and less often; raise MaxStartups if this happens often.',
  },
  'handshake/penalised': {
    message: (d) => `The SSH server temporarily refuses this address${said(d)}`,
    hint: 'OpenSSH does this after failed logins from an address (PerSourcePenalties). Sonde sends nothing, not even pings, for half a minute or more, and waits longer each time.',
  },
  'handshake/no-algorithm': {
    message: (d) => `Sonde and the server have no algorithm in common${said(d)}`,
    hint: 'Update the server. If you cannot, turn on old algorithms for this host (legacyAlgorithms); they make its connection less secure.',
  },
  'handshake/bad-group': {
    message: (d) => `The server chose a Diffie-Hellman group that Sonde does not accept${said(d)}`,
    hint: 'Configure other groups in its sshd (ModuliFile), or let it offer curve25519-sha256. Sonde accepts groups of 1,024 bits only if old algorithms are on for this host (legacyAlgorithms).',
  },
  'host-key/weak-key': {
    message: (d) => `The host's RSA key is too short${said(d)}`,
    hint: 'Give the host another key (ssh-keygen -A creates an Ed25519 key). If you cannot, turn on old algorithms for this host (legacyAlgorithms).',
  },
  'host-key/changed': {
    message: (d) => `The host's key has changed: it was ${d.old ?? 'another'}, now it is ${d.new ?? 'unknown'}`,
    hint: 'If the host was not reinstalled, somebody may be intercepting the connection. Check the new key before you accept it.',
  },
  'host-key/unknown-key': {
    message: (d) => `New host: its key has not been verified yet: ${d.new ?? 'unknown'}`,
    hint: 'Compare it with the key that the host itself prints, then accept it, or import a known_hosts file that contains it.',
  },
  'host-key/revoked': {
    message: (d) => `The host's key is revoked: ${d.new ?? 'unknown'}`,
    hint: 'An @revoked line in known_hosts lists this key or its CA. Give the host a new key, or remove the line.',
  },
  'host-key/bad-certificate': {
    message: (d) => `The host's certificate is not valid${said(d)}`,
    hint: 'Issue a new certificate for the address that Sonde uses. Sonde checks again every hour.',
  },
  'auth/rejected': {
    message: (d) => `The host refused the login${said(d)}`,
    hint: 'Check the user name and the password or key. Sonde offers it again only after an hour, then eight hours, then once a day.',
  },
  'auth/needs-code': {
    message: () => 'The host asks for a code at login',
    hint: 'Connect to the host and enter the code. Sonde never starts such a login by itself.',
  },
  'auth/no-credential': {
    message: (d) =>
      d.missing
        ? `Sonde has no login for this host: ${d.missing}`
        : `The host does not accept the configured login method${said(d)}`,
    hint: 'Configure a password or key that the host accepts.',
  },
  'auth/no-agent': {
    message: (d) => `The SSH agent on Sonde's machine could not provide a login${said(d)}`,
    hint: 'Start ssh-agent, add the key (ssh-add), and set SONDE_SSH_AGENT or SSH_AUTH_SOCK to its socket.',
  },
  'auth/unusable-key': {
    message: (d) => `The private key of this login cannot be used${said(d)}`,
    hint: 'Save the key again as described, or save another key. Until then, Sonde offers nothing to the host.',
  },
  'auth/expired': {
    message: (d) => `The certificate of this login cannot be used${said(d)}`,
    hint: 'Issue a new certificate and save it. Until then, Sonde offers nothing to the host.',
  },
  'auth/password-expired': {
    message: () => 'The password of this account has expired and must be changed',
    hint: 'Log in yourself, choose a new password, and save it here if Sonde uses it. Sonde retries after an hour, then eight hours, then once a day.',
  },
  'auth/account-closed': {
    message: (d) => `The host does not allow this account to log in${said(d)}`,
    hint: "The account may be expired or locked, or nobody may log in at the moment; ask the host's administrator. Sonde retries after an hour, then eight hours, then once a day.",
  },
  'auth/paused': {
    message: (d) => `Other hosts refused this login, so Sonde does not offer it to this one${said(d)}`,
    hint: 'Correct the password. Sonde waits so that the account is not locked; start the host to try now.',
  },
  'auth/timed-out': {
    message: () => 'The host did not answer the login in time',
    hint: 'The host may be overloaded, or the service that checks its logins (LDAP, PAM) may hang.',
  },
  'auth/reset': {
    message: () => 'The host closed the connection during the login',
    hint: 'It may allow fewer attempts (MaxAuthTries). The log of sshd says why.',
  },
  'auth/cancelled': {
    message: () => 'The login was cancelled',
    hint: 'Nobody entered the code, or the host was changed or removed in the meantime. Start it again.',
  },
  'shell/no-shell': {
    message: (d) => `The host does not provide a shell${said(d)}`,
    hint: 'To collect metrics, use an account that may run sh. Sonde still checks the host by TCP ping.',
  },
  'shell/timed-out': {
    message: () => "The host's shell did not start in time",
    hint: 'Look for a shell start-up file that waits (.bashrc, .profile).',
  },
  'shell/too-many-sessions': {
    message: (d) => `The host refused to open a session${said(d)}`,
    hint: 'Check MaxSessions in its sshd_config. Sonde needs one session.',
  },
  'shell/flooded': {
    message: () => 'The host sent far more than Sonde asked for, so Sonde closed the connection',
    hint: 'Something on this port answers as SSH and floods its clients; check what listens there, and its log. Sonde retries after ten minutes, then every hour.',
  },
  'shell/unsupported': {
    message: (d) => d.said ?? 'This type of connection is not supported yet',
    hint: 'Sonde keeps the host unchanged.',
  },
  'sample/timed-out': {
    message: (d) => d.said ?? 'The host did not answer a sample in time',
    hint: 'The host may be overloaded, or its processes may be stopped. Sonde asks again at the next interval, and reconnects if that fails too.',
  },
  'sample/cut': {
    message: () => 'The host closed the session in the middle of an answer',
    hint: 'Something on the host kills processes; check its limits and the out-of-memory killer. Sonde asks again.',
  },
  'sample/unparsable': {
    message: () => "Sonde could not read the host's answer",
    hint: 'Its /proc/uptime is not readable, and Sonde needs it to compute rates. Check the file on the host.',
  },
  'sample/reset': {
    message: () => 'The host closed the session before it answered',
    hint: 'Something on the host ends processes or sessions; check its limits and the log of sshd. Sonde asks again.',
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

/** A failure whose cause is not retried yet; `until`: when this person may have it retried, ms since the epoch. */
export function heldBack(own: Failure, until: number | null, mayOverride: boolean): Failure {
  const time = until === null ? null : new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const when = time === null ? 'not before somebody changes something' : `not before ${time}`;
  const who = mayOverride ? '' : '; a user who manages the host can start it sooner';
  return { ...own, message: `${own.message}; Sonde sent nothing and tries again ${when}${who}` };
}

/** The failure of a host behind a hop that failed: it names the hop and contains the hop's own failure. */
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

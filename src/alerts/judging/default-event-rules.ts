import type { EventKind } from '../../model/alerts/event.ts';
import type { RuleSettings } from '../../model/alerts/rule.ts';
import type { Severity } from '../../model/alerts/severity.ts';

const hour = 3_600;

function rule(
  name: string,
  severity: Severity,
  event: EventKind,
  hint: string,
  match?: Readonly<Record<string, string>>,
): RuleSettings {
  return {
    name,
    enabled: true,
    severity,
    hosts: { all: true },
    condition: { kind: 'event', events: [event], atLeast: 1, windowSeconds: hour, ...(match ? { match } : {}) },
    forSeconds: 0,
    keepSeconds: 0,
    noData: 'keep',
    channels: 'all',
    remindSeconds: null,
    hint,
  };
}

const renew = 'Renew it and save the new one in Sonde.';
const whoWasIt = 'Ask who did it. Its page has what else changed at that time.';

/** The default rules about what changes on hosts; see default-rules.ts. */
export const defaultEventRules: Readonly<Record<string, RuleSettings>> = {
  'host-key-changed': rule(
    'Host key changed',
    'critical',
    'host-key-changed',
    'If the host was not reinstalled, somebody may be intercepting the connection. Check the new key before you accept it.',
  ),
  restarted: rule(
    'Restarted',
    'warning',
    'reboot',
    'If nobody restarted it, look for a crash: last -x, journalctl -b -1.',
  ),
  'login-from-new-address': rule(
    'Login from a new address',
    'warning',
    'login-from-new-address',
    'Ask the user whether it was them.',
  ),
  'listens-anew': rule('Listens to the network anew', 'warning', 'port-opened', whoWasIt, { reach: 'network' }),
  'account-added': rule('Account added', 'warning', 'account-added', whoWasIt, { canLogIn: 'true' }),
  'root-right-added': rule('Right to become root added', 'warning', 'sudo-changed', whoWasIt, { change: 'added' }),
  'firewall-off': rule(
    'Firewall is off',
    'warning',
    'firewall-off',
    'Turn it on again, or find out who turned it off.',
  ),
  'firewall-opened': rule('Firewall opened', 'warning', 'firewall-changed', whoWasIt, { change: 'opened' }),
  'mount-gone': rule(
    'Mount is gone',
    'warning',
    'mount-gone',
    'Look at the disk or the server behind it: dmesg, findmnt.',
  ),
  'kernel-changed': rule('Kernel changed', 'info', 'kernel-changed', ''),
  'failed-logins': rule(
    'Many failed logins',
    'info',
    'failed-logins',
    'Allow logins by key only, and limit attempts, for example with fail2ban.',
  ),
  'certificate-ends': rule('Certificate ends within two weeks', 'warning', 'certificate-ends', renew, {
    within: '14d',
  }),
  'certificate-ends-soon': rule('Certificate ends within two days', 'critical', 'certificate-ends', renew, {
    within: '2d',
  }),
  ...rulesOfSonde(),
};

/** About Sonde itself: only admins have incidents of these. */
function rulesOfSonde(): Readonly<Record<string, RuleSettings>> {
  const minute = 60;
  return {
    'sonde-cut-off': rule('Cut off from the network', 'warning', 'sonde-cut-off', 'Check the network of its machine.'),
    'sonde-not-saving': {
      ...rule(
        'Database cannot be written',
        'critical',
        'sonde-not-saving',
        'Look at the disk, and at the log of Sonde.',
      ),
      forSeconds: 20,
      keepSeconds: minute,
    },
    'sonde-disk-full': {
      ...rule('Own disk nearly full', 'critical', 'sonde-disk-full', 'Make room, or keep history for a shorter time.'),
      forSeconds: minute,
    },
    'sonde-clock-jumped': rule(
      'Own clock jumped',
      'warning',
      'sonde-clock-jumped',
      'Let a service such as chrony keep the clock. What was stored with a wrong time stays so.',
    ),
    'sonde-late': {
      ...rule(
        'Samples are late',
        'warning',
        'sonde-late',
        'Give its machine more processor time, or sample less often.',
      ),
      forSeconds: 10 * minute,
      keepSeconds: 2 * minute,
    },
    'sonde-channel-failing': {
      ...rule('A channel does not work', 'warning', 'sonde-channel-failing', 'Test it, and enter its address anew.'),
      forSeconds: hour,
    },
  };
}

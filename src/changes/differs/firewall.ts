import { createHash } from 'node:crypto';
import { type Change, type Differ, type End, plain } from '../differ.ts';
import { diffed, settle } from '../lines.ts';

type Rule = { readonly target: string };
type Chain = {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly policy: string;
  readonly rules: readonly Rule[];
};
type Facts = {
  readonly status: 'active' | 'inactive' | 'unknown';
  readonly chains: readonly Chain[];
  readonly leftOut?: object;
};

/** Chains that programs write all the time: Docker, Kubernetes, fail2ban, Calico, and their relatives. */
const busy = /^(DOCKER|KUBE|f2b-|fail2ban|cali-|CNI-|LIBVIRT_|NETAVARK|crowdsec|sshguard)/i;
const maxNamed = 5;

/**
 * The chains of the firewall, without those that programs write all the time and without rules that lead to them. Seen twice,
 * so that a firewall that is just being loaded anew is not one that is off.
 */
export const firewall: Differ<Facts> = {
  name: 'firewall',
  section: 'firewall',
  despite: [],
  pick: (facts) => facts,
  print: (facts) => JSON.stringify(facts),
  diff: (before, facts) => {
    if (facts.leftOut !== undefined || facts.status === 'unknown') return null;
    const chains = facts.chains.filter(({ name, table }) => !busy.test(name) && !busy.test(table)).map(lineOf);
    const settled = settle(before, [`status ${facts.status}`, ...chains], 2);
    const [added, removed] = [settled.added, settled.removed].map((lines) => lines.filter((one) => !isStatus(one)));
    const status = settled.added.find(isStatus);
    if (status === 'status inactive') {
      const off = change('firewall-off', 'warning', 'The firewall is off', 'off', {});
      return diffed(settled, [off]);
    }
    const ends: End[] = status === undefined ? [] : [{ kind: 'firewall-off', subject: 'firewall' }];
    if (status !== undefined) {
      const on = change('firewall-changed', 'info', 'The firewall is on', 'on', {});
      return diffed(settled, [on], ends);
    }
    return diffed(settled, changesOf(added ?? [], removed ?? []), ends);
  },
};

function isStatus(line: string): boolean {
  return line.startsWith('status ');
}

/** `chain ip filter INPUT`, its policy, how many rules it has, and what they are. */
function lineOf({ family, table, name, policy, rules }: Chain): string {
  const own = rules.filter(({ target }) => !busy.test(target));
  const hash = createHash('sha256').update(JSON.stringify(own)).digest('base64url').slice(0, 16);
  return `chain ${[family, table, name].map((word) => plain(word, 60).replaceAll(' ', '_')).join(' ')} ${plain(policy.replaceAll(' ', '_') || '-', 20)} ${own.length} ${hash}`;
}

function chainOf(line: string) {
  const [, family = '', table = '', name = '', policy = '', rules = ''] = line.split(' ');
  return { key: `${family} ${table} ${name}`, policy: policy.toLowerCase(), rules: Number(rules) };
}

/** One event for all chains that are others. */
function changesOf(added: readonly string[], removed: readonly string[]): readonly Change[] {
  if (added.length === 0 && removed.length === 0) return [];
  const [now, was] = [added, removed].map((lines) => new Map(lines.map((line) => [chainOf(line).key, chainOf(line)])));
  const keys = [...new Set([...(was?.keys() ?? []), ...(now?.keys() ?? [])])];
  const isOpened = keys.some((key) => isClosed(was?.get(key)) && !isClosed(now?.get(key)));
  const named = keys.slice(0, maxNamed).map((key) => sentenceOf(key, was?.get(key), now?.get(key)));
  const more = keys.length > maxNamed ? ` and ${keys.length - maxNamed} more` : '';
  const summary = `The firewall ${isOpened ? 'was opened' : 'changed'}: ${named.join('; ')}${more}`;
  const how = isOpened ? 'opened' : 'rules';
  return [change('firewall-changed', isOpened ? 'warning' : 'info', summary, how, { chains: keys.length })];
}

type ChainLine = ReturnType<typeof chainOf> | undefined;

/** Whether what no rule permits is refused. */
function isClosed(chain: ChainLine): boolean {
  return chain !== undefined && /^(drop|reject)/.test(chain.policy);
}

function sentenceOf(key: string, was: ChainLine, now: ChainLine): string {
  if (was === undefined) return `${key} is new`;
  if (now === undefined) return `${key} is gone`;
  const policy = was.policy === now.policy ? [] : [`policy ${was.policy} → ${now.policy}`];
  const rules = was.rules === now.rules ? [] : [`${was.rules} → ${now.rules} rules`];
  const both = [...policy, ...rules];
  return `${key} ${both.length === 0 ? 'has other rules' : both.join(', ')}`;
}

function change(
  kind: Change['kind'],
  severity: Change['severity'],
  summary: string,
  how: string,
  details: Change['details'],
): Change {
  return { kind, severity, summary, subject: 'firewall', details: { change: how, ...details } };
}

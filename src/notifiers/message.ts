import type { Message, MessageItem, Told } from '../model/alerts/message.ts';
import { type Severity, severities } from '../model/alerts/severity.ts';
import { utcTime } from './text.ts';

/** So many incidents are named in a message. */
export const maxNamed = 10;
/** So many a message carries, for services that have an entry of their own for each. */
export const maxItems = 50;
const maxCounts = 5;

export type MessageOptions = {
  readonly key: string;
  /** The key of the event that stands for all of it; null: each incident is told for itself. */
  readonly storm?: string | null;
  /** So many more incidents are told than there are; only counted. */
  readonly uncounted?: number;
  /** ms since the epoch. */
  readonly at: number;
  /** Where people open Sonde; null: unknown. */
  readonly baseUrl: string | null;
};

/** One message of everything that is told at once: the worst first, then in the order of time. Pure. */
export function messageOf(told: readonly Told[], options: MessageOptions): Message {
  const { key, at, baseUrl, storm = null, uncounted = 0 } = options;
  const sorted = told.toSorted(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) ||
      rank(b.incident.severity) - rank(a.incident.severity) ||
      a.incident.openedAt - b.incident.openedAt,
  );
  const open = sorted.filter((one) => !isOver(one));
  const page = incidentsPage(baseUrl);
  const only = sorted.length === 1 && uncounted === 0 ? sorted[0] : undefined;
  const named = sorted.slice(0, maxNamed);
  const more = sorted.length - named.length + uncounted;
  const lines = named.flatMap((one) => linesOf(one, only !== undefined));
  return {
    key,
    title: only === undefined ? titleOf(open, sorted.length - open.length) : `${mark(only)}${nameOf(only)}`,
    lines: [...lines, ...(more > 0 ? [`… and ${more} more`, ...countsOf(sorted)] : [])],
    severity: worst((open.length > 0 ? open : sorted).map(({ incident }) => incident.severity)),
    isOver: open.length === 0,
    at,
    url: only === undefined || page === null ? page : `${page}/${only.incident.id}`,
    items: sorted.slice(0, maxItems).map((one) => itemOf(one, page)),
    more: Math.max(0, sorted.length - maxItems) + uncounted,
    storm,
  };
}

/** The message of a channel's test. */
export function testMessage(options: MessageOptions): Message {
  const words = { title: 'Test message from Sonde', lines: ['If you can read this, the channel works.'] };
  return withoutIncidents({ ...words, severity: 'info' }, options);
}

/** That a channel does not work, told through another one. `untold`: what the message said that did not arrive. */
export function noticeMessage(
  name: string,
  answer: string,
  isRefused: boolean,
  untold: readonly string[],
  options: MessageOptions,
): Message {
  const then = isRefused
    ? 'Messages to it wait until you edit the channel, or a test of it succeeds.'
    : 'This message is not sent there again:';
  const words = { title: `The channel ${name} does not work`, lines: [answer, then, ...untold.slice(0, maxNamed)] };
  return withoutIncidents({ ...words, severity: 'warning' }, options);
}

/** A message of Sonde itself. */
function withoutIncidents(
  words: Pick<Message, 'title' | 'lines' | 'severity'>,
  { key, at, baseUrl }: MessageOptions,
): Message {
  return { key, ...words, isOver: false, at, url: baseUrl, items: [], more: 0, storm: null };
}

/** The page of all incidents; null where Sonde does not know its own address. */
export function incidentsPage(baseUrl: string | null): string | null {
  return baseUrl === null ? null : `${baseUrl.replace(/\/+$/, '')}/alerts/incidents`;
}

function isOver({ transition }: Told): boolean {
  return transition === 'close';
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

function worst(all: readonly Severity[]): Severity {
  return all.reduce<Severity>((most, one) => (rank(one) > rank(most) ? one : most), 'info');
}

function nameOf({ incident: { hostName, rule } }: Told): string {
  return hostName === '' ? rule.name : `${hostName}: ${rule.name}`;
}

const marks = {
  open: '',
  close: 'Resolved: ',
  reminder: 'Still open: ',
  flapping: 'Flapping: ',
  acknowledge: 'Acknowledged: ',
} as const;

function mark({ transition, isBoth = false }: Told): string {
  return isBoth ? 'Was open, resolved: ' : marks[transition];
}

function titleOf(open: readonly Told[], closed: number): string {
  const hosts = new Set(open.map(({ incident }) => incident.hostId)).size;
  const problems = `${count(open.length, 'problem')} on ${count(hosts, 'host')}`;
  if (open.length === 0) return `${count(closed, 'problem')} resolved`;
  return closed === 0 ? problems : `${problems}, ${closed} resolved`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function linesOf(told: Told, isOnly: boolean): readonly string[] {
  const { incident, behind = 0, transition } = told;
  const also = behind > 0 ? ` ${count(behind, 'host')} behind it cannot be reached either.` : '';
  const lasted =
    transition === 'close' && incident.closedAt !== null
      ? ` It was open for ${duration(incident.closedAt - incident.openedAt)}.`
      : '';
  // A summary is a sentence, mostly without its end.
  const rest = `${also}${lasted}`;
  const end = rest === '' || incident.summary === '' || /[.!?]$/.test(incident.summary) ? '' : '.';
  const sentence = `${incident.summary}${end}${rest}`.trim();
  if (!isOnly) return [`${mark(told)}${nameOf(told)}: ${sentence}`];
  const hint = transition !== 'close' && incident.rule.hint !== '' ? [incident.rule.hint] : [];
  return [sentence, whenOf(told), ...hint];
}

/** When it opened, which is later than it began where the rule waits; and when it closed, if that is told. */
function whenOf({ incident: { openedAt, closedAt, rule }, transition }: Told): string {
  if (transition === 'close' && closedAt !== null) return `From ${utcTime(openedAt)} until ${utcTime(closedAt)}`;
  const waited = rule.forSeconds < 60 ? '' : `, after ${duration(rule.forSeconds * 1000)} of it`;
  return `Opened ${utcTime(openedAt)}${waited}`;
}

/** How many there are of each rule, folder and tag, the most first. */
function countsOf(told: readonly Told[]): readonly string[] {
  return [
    ...counted(told.map(({ incident }) => incident.rule.name)),
    ...counted(told.map(({ folder = '' }) => folder).filter((one) => one !== '')).map((one) => `Folder ${one}`),
    ...counted(told.flatMap(({ tags = [] }) => tags)).map((one) => `Tag ${one}`),
  ];
}

function counted(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const most = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, maxCounts);
  return most.map(([name, number]) => `${name}: ${number}`);
}

function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return count(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? count(hours, 'hour') : count(Math.round(hours / 24), 'day');
}

export function itemOf({ transition, incident }: Told, page: string | null): MessageItem {
  const { condition } = incident.rule;
  return {
    incidentId: incident.id,
    transition,
    isAcknowledged: incident.ackedAt !== null,
    severity: incident.severity,
    hostId: incident.hostId,
    host: incident.hostName,
    ruleKey: incident.ruleKey,
    rule: incident.rule.name,
    about: 'metric' in condition ? condition.metric : condition.kind,
    labels: incident.labels,
    value: incident.value,
    threshold: condition.kind === 'metric' ? condition.fire : condition.kind === 'forecast' ? condition.limit : null,
    summary: incident.summary,
    openedAt: incident.openedAt,
    closedAt: incident.closedAt,
    url: page === null ? null : `${page}/${incident.id}`,
  };
}

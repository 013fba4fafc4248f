import { notInForced, readAnnouncement } from '../../collectors/sampler/forced.ts';
import { type Answer, filesOf, groupFiles, ownCpuSeconds, parseAnswer } from '../../collectors/sampler/sampler.ts';
import { sudoError } from '../../collectors/sampler/sudo.ts';
import { bsdUptime } from '../../collectors/shared/bsd.ts';
import { type Collector, type Previous, type SectionError, SectionFailure } from '../../model/collector.ts';
import { HostError } from '../../model/failure.ts';
import type { Sample, SectionResult } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import type { Shell } from '../../ssh/shell.ts';
import { dueSections, type SectionState } from '../plan.ts';
import type { SudoMemory } from './sudo-memory.ts';
import { finerUptime } from './uptime.ts';

type AnyCollector = Collector<never>;

/** What is remembered of a host between samples; made anew when the host's settings change. */
export type CollectState = {
  readonly previous: Map<string, Previous<unknown>>;
  readonly sections: Map<string, SectionState>;
  /** When each collector's shell was last heard, our clock in ms. */
  readonly heardAt: Map<string, number>;
  bootId: string | null;
  uptimeSeconds: number;
  /** Our monotonic clock at the newest answer, ms; whether intervals are measured by it because the host's clock is of no use. */
  answeredAtMs: number | null;
  usesOwnClock: boolean;
  /** When that was told by a clock of whole seconds: our clock then; null: it has fractions. */
  wholeAtMs: number | null;
  /** CPU of the host that its shell has used so far, and what of it went to the newest sample, seconds; null: not told. */
  shellCpuSeconds: number | null;
  cpuSeconds: number | null;
};

export function createCollectState(): CollectState {
  return {
    previous: new Map(),
    sections: new Map(),
    heardAt: new Map(),
    answeredAtMs: null,
    usesOwnClock: false,
    bootId: null,
    uptimeSeconds: 0,
    wholeAtMs: null,
    shellCpuSeconds: null,
    cpuSeconds: null,
  };
}

/** Our own limit for one answer; the host's `timeout` ends single commands before it. */
const answerMs = 15_000;
const maxFollowUps = 1;

/**
 * Takes one sample over a shell. Throws {@link HostError} (sample/…) when the host gave nothing; when a section hung,
 * answers with the others, reports that one as timed-out, leaves it out for a while, and closes the shell.
 */
export async function collect(
  shell: Shell,
  collectors: readonly AnyCollector[],
  state: CollectState,
  clock: Clock,
  sudo: Pick<SudoMemory, 'refusals' | 'learn'>,
): Promise<Sample> {
  const due = dueSections(collectors, state.sections, clock.monotonic());
  const results = new Map<string, SectionResult>();
  let readAt = clock.now();
  state.cpuSeconds = null;
  const forced = readAnnouncement(shell.announced, collectors);
  const isKnown = (name: string): boolean => forced === null || forced.sections.has(name);
  let asks = await ask(due, due.filter(isKnown).join(' '), collectors, remember);
  for (let round = 0; asks.length > 0 && shell.isOpen() && round < maxFollowUps; round += 1) {
    const names = asks.map(({ name }) => name);
    asks = await ask(
      names,
      asks.map(({ name, pids }) => `${name}=${pids}`).join(' '),
      collectors.filter((collector) => names.includes(collector.name)),
      null,
    );
  }
  return { sections: [...results.values()], bootId: state.bootId, readAt };

  async function ask(
    names: readonly string[],
    request: string,
    parsing: readonly AnyCollector[],
    ran: typeof remember | null,
  ) {
    const isFollowUp = ran === null;
    const askedMs = clock.monotonic();
    const raw = await shell.request(request, answerMs);
    const now = clock.monotonic();
    if (!isFollowUp) readAt = clock.now() - (now - askedMs) / 2;
    let answer: Answer;
    try {
      answer = parseAnswer(raw.text, raw.nonce);
    } catch {
      throw new HostError(failure('sample', shell.isOpen() ? 'timed-out' : 'reset'));
    }
    if (!Number.isFinite(answer.uptimeSeconds)) throw new HostError(failure('sample', 'unparsable'));
    if (!raw.complete && !shell.isOpen()) throw new HostError(failure('sample', 'cut'));
    if (!raw.complete) shell.close();
    sudo.learn(answer.sudo);
    const groups = groupFiles(answer.files);
    const uptimeSeconds = uptimeOf(answer, now);
    noticeReboot(groups, uptimeSeconds);
    countCpu(ownCpuSeconds(groups));
    const followUps: { name: string; pids: string }[] = [];
    let hungFound = false;
    for (const collector of parsing) {
      const text = answer.sections.get(collector.name);
      const large = answer.tooLarge.has(collector.name);
      const missing = names.includes(collector.name) && text === undefined && !large;
      const unknown = missing && !isKnown(collector.name);
      const hung: boolean = missing && !unknown && !hungFound;
      // What stands behind the one that hung was not reached: it is asked again with the next sample.
      const asked = text !== undefined || hung || large || unknown;
      hungFound ||= hung;
      if (collector.files.length === 0 && !asked) continue;
      const fault = hung ? hungError : large ? largeError : unknown ? notInForced : null;
      const first = !state.previous.has(collector.name);
      const result = read(collector, filesOf(collector, groups), text, fault, uptimeSeconds, isFollowUp);
      if (fault === null) tellOfSudo(collector, result);
      if (asked) ran?.(collector, result.section.error, first, now);
      results.set(collector.name, result.section);
      if (result.ask !== undefined) followUps.push({ name: collector.name, pids: result.ask.replaceAll(' ', ',') });
    }
    return followUps;
  }

  /** Of a section that misses what only root may see it is said what sudo refused. */
  function tellOfSudo(collector: AnyCollector, result: { section: SectionResult }): void {
    const { section } = result;
    const error = section.error?.reason === 'not-permitted' ? sudoError(collector, sudo.refusals) : null;
    if (error !== null) result.section = { ...section, error } as SectionResult;
  }

  /** As the host told it, from the clock of a system without /proc, or, where neither is of use, by our own clock. */
  function uptimeOf({ uptimeSeconds, files }: Answer, nowMs: number): number {
    const told = uptimeSeconds === 0 ? bsdUptime(files) : null;
    if (told === null) return state.usesOwnClock || standsStill(uptimeSeconds, nowMs) ? ownClock(nowMs) : uptimeSeconds;
    const before = state.wholeAtMs === null ? null : { uptimeSeconds: state.uptimeSeconds, atMs: state.wholeAtMs };
    state.wholeAtMs = nowMs;
    return finerUptime(told, nowMs, before);
  }

  /** A host's clock that says 0, or the same as seconds ago: some containers have no clock of their own. */
  function standsStill(uptimeSeconds: number, nowMs: number): boolean {
    if (uptimeSeconds === 0) return true;
    const passedMs = state.answeredAtMs === null ? 0 : nowMs - state.answeredAtMs;
    return uptimeSeconds === state.uptimeSeconds && passedMs > standingStillMs;
  }

  /** What was read by the other clock cannot be compared with what is read by this one. */
  function ownClock(nowMs: number): number {
    if (!state.usesOwnClock) state.previous.clear();
    state.usesOwnClock = true;
    return nowMs / 1000;
  }

  /** A new shell counts from nothing. */
  function countCpu(total: number | null): void {
    const before = state.shellCpuSeconds ?? 0;
    if (total !== null) state.cpuSeconds = (state.cpuSeconds ?? 0) + (total < before ? total : total - before);
    state.shellCpuSeconds = total;
  }

  function noticeReboot(groups: ReadonlyMap<string, string>, uptimeSeconds: number): void {
    const bootId =
      groups
        .get(bootIdFile)
        ?.slice(bootIdFile.length + 1)
        .trim() || null;
    // An answer that does not tell which boot it is from says nothing of a reboot.
    const isOtherBoot = state.bootId !== null && bootId !== null && bootId !== state.bootId;
    if (isOtherBoot || uptimeSeconds < state.uptimeSeconds) {
      state.previous.clear();
      state.sections.clear();
    }
    state.bootId = bootId ?? state.bootId;
    state.uptimeSeconds = uptimeSeconds;
    state.answeredAtMs = clock.monotonic();
  }

  /** A section that timed out is left out for two minutes, doubling to an hour. */
  function remember(
    { name, repeatFirst }: AnyCollector,
    error: SectionError | null,
    first: boolean,
    now: number,
  ): void {
    const failures = error?.reason === 'timed-out' ? (state.sections.get(name)?.failures ?? 0) + 1 : 0;
    const waitMs = failures === 0 ? 0 : Math.min(3_600_000, 120_000 * 2 ** Math.min(failures - 1, 6));
    const ranAt = failures > 0 || (repeatFirst && first) ? null : now;
    state.sections.set(name, { ranAt, leftOutUntil: now + waitMs, failures, error });
  }

  function timesOf({ name, parts }: AnyCollector): Pick<SectionResult, 'collectedAt' | 'parts'> {
    const heardAt = state.heardAt.get(name);
    if (parts === undefined || heardAt === undefined) return { collectedAt: readAt, parts: null };
    return {
      collectedAt: parts.main === 'files' ? readAt : heardAt,
      parts: { [parts.files]: readAt, [parts.shell]: heardAt },
    };
  }

  function read(
    collector: AnyCollector,
    files: string,
    text: string | undefined,
    fault: SectionError | null,
    uptimeSeconds: number,
    isFollowUp: boolean,
  ): { section: SectionResult; ask: string | undefined } {
    const { name } = collector;
    // Safe: what it is given are its own facts, kept under its name.
    const parse = collector.parse as Collector<unknown>['parse'];
    if (fault && collector.files.length === 0) {
      return { section: { ...missing, name, error: fault }, ask: undefined };
    }
    try {
      const before = state.previous.get(name);
      const reading = parse({ files, text, uptimeSeconds, at: readAt }, before);
      // What a second question adds belongs to the time of the first.
      const measuredAt = isFollowUp && before !== undefined ? before.uptimeSeconds : uptimeSeconds;
      state.previous.set(name, { facts: reading.facts, uptimeSeconds: measuredAt });
      if (text !== undefined) state.heardAt.set(name, readAt);
      const kept = text === undefined ? (state.sections.get(name)?.error ?? null) : null;
      const error = fault ?? reading.error ?? kept;
      const { facts, source } = reading;
      return { section: { name, facts, source, error, ...timesOf(collector) }, ask: reading.ask };
    } catch (error) {
      const outdated = forced !== null && !forced.isCurrent && !(error instanceof SectionFailure);
      return {
        section: { ...missing, name, error: outdated ? notInForced : sectionError(error) },
        ask: undefined,
      };
    }
  }
}

/** Of a section that gave nothing. */
const missing = { facts: null, source: null, collectedAt: 0, parts: null };

/** A clock in hundredths that has not moved for so long stands still. */
const standingStillMs = 500;

const bootIdFile = '/proc/sys/kernel/random/boot_id';

const hungError: SectionError = {
  reason: 'timed-out',
  message: 'The host did not finish this section in time',
  hint: 'It is left out for a while and then tried again.',
};

const largeError: SectionError = {
  reason: 'too-large',
  message: 'This section is longer than 4 MB and was not sent',
  hint: '',
};

function sectionError(error: unknown): SectionError {
  if (error instanceof SectionFailure) return error.section;
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'unparsable', message: `The host's answer was not understood: ${message.slice(0, 200)}`, hint: '' };
}

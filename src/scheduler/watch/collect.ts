import { notInForced, readAnnouncement } from '../../collectors/forced.ts';
import { otherUptime } from '../../collectors/other-systems.ts';
import { type Answer, filesOf, groupFiles, ownCpuSeconds, parseAnswer } from '../../collectors/sampler.ts';
import { type Collector, type Previous, type SectionError, SectionFailure } from '../../model/collector.ts';
import type { CollectorName, FactsByName } from '../../model/facts.ts';
import { HostError } from '../../model/failure.ts';
import type { Sample, SectionResult } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import type { Shell } from '../../ssh/shell.ts';
import { dueSections, type SectionState } from '../plan.ts';
import { finerUptime } from './uptime.ts';

type AnyFacts = FactsByName[CollectorName];
type AnyCollector = Collector<never>;

/** What is remembered of a host between samples; made anew when the host's settings change. */
export type CollectState = {
  readonly previous: Map<string, Previous<AnyFacts>>;
  readonly sections: Map<string, SectionState>;
  bootId: string | null;
  uptimeSeconds: number;
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
): Promise<Sample> {
  const due = dueSections(collectors, state.sections, clock.monotonic());
  const results = new Map<string, SectionResult>();
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
  return { sections: [...results.values()], bootId: state.bootId };

  async function ask(
    names: readonly string[],
    request: string,
    parsing: readonly AnyCollector[],
    ran: typeof remember | null,
  ) {
    const raw = await shell.request(request, answerMs);
    const now = clock.monotonic();
    let answer: Answer;
    try {
      answer = parseAnswer(raw.text, raw.nonce);
    } catch {
      throw new HostError(failure('sample', shell.isOpen() ? 'timed-out' : 'reset'));
    }
    if (!Number.isFinite(answer.uptimeSeconds)) throw new HostError(failure('sample', 'unparsable'));
    if (!raw.complete && !shell.isOpen()) throw new HostError(failure('sample', 'cut'));
    if (!raw.complete) shell.close();
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
      const result = read(collector, filesOf(collector, groups), text, fault, uptimeSeconds);
      if (asked) ran?.(collector, result.section.error, first, now);
      results.set(collector.name, result.section);
      if (result.ask !== undefined) followUps.push({ name: collector.name, pids: result.ask.replaceAll(' ', ',') });
    }
    return followUps;
  }

  /** As the host told it, or from the clock of a system without /proc. */
  function uptimeOf({ uptimeSeconds, files }: Answer, nowMs: number): number {
    const told = uptimeSeconds === 0 ? otherUptime(files) : null;
    if (told === null) return uptimeSeconds;
    const before = state.wholeAtMs === null ? null : { uptimeSeconds: state.uptimeSeconds, atMs: state.wholeAtMs };
    state.wholeAtMs = nowMs;
    return finerUptime(told, nowMs, before);
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
        .trim() ?? null;
    const rebooted = uptimeSeconds < state.uptimeSeconds || (state.bootId !== null && bootId !== state.bootId);
    if (rebooted) {
      state.previous.clear();
      state.sections.clear();
    }
    state.bootId = bootId;
    state.uptimeSeconds = uptimeSeconds;
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

  function read(
    collector: AnyCollector,
    files: string,
    text: string | undefined,
    fault: SectionError | null,
    uptimeSeconds: number,
  ): { section: SectionResult; ask: string | undefined } {
    const name = collector.name as CollectorName;
    const parse = collector.parse as Collector<AnyFacts>['parse'];
    if (fault && collector.files.length === 0) {
      return { section: { name, facts: null, source: null, error: fault }, ask: undefined };
    }
    try {
      const reading = parse({ files, text, uptimeSeconds, at: clock.now() }, state.previous.get(name));
      state.previous.set(name, { facts: reading.facts, uptimeSeconds });
      const kept = text === undefined ? (state.sections.get(name)?.error ?? null) : null;
      const error = fault ?? reading.error ?? kept;
      return { section: { name, facts: reading.facts, source: reading.source, error }, ask: reading.ask };
    } catch (error) {
      const outdated = forced !== null && !forced.isCurrent && !(error instanceof SectionFailure);
      return {
        section: { name, facts: null, source: null, error: outdated ? notInForced : sectionError(error) },
        ask: undefined,
      };
    }
  }
}

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

import { setImmediate } from 'node:timers/promises';
import type { HostExport } from '../../collectors/node/host-export.ts';
import { type Announcement, readAnnouncement } from '../../collectors/sampler/forced.ts';
import {
  type Answer,
  exportWord,
  filesByCollector,
  groupFiles,
  ownCpuSeconds,
  parseAnswer,
} from '../../collectors/sampler/sampler.ts';
import { Share } from '../../collectors/sampler/size.ts';
import { sudoError } from '../../collectors/sampler/sudo.ts';
import { HostError } from '../../model/failure.ts';
import type { Sample, SectionResult } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import type { Shell } from '../../ssh/shell.ts';
import { type AnyCollector, answered } from './answered.ts';
import { HostClock } from './host-clock.ts';
import { type SectionInput, SectionMemory, type SectionReading } from './section-memory.ts';
import { ShellCpu } from './shell-cpu.ts';
import type { SudoMemory } from './sudo-memory.ts';

/** What is remembered of a host from sample to sample, as long as one connection to it lasts. */
export class HostMemory {
  readonly clock = new HostClock();
  readonly cpu = new ShellCpu();
  readonly sections = new SectionMemory();
  /** Makes the host's series; null while no export wants it. */
  exporting: HostExport | null = null;
}

/** Our own limit for one answer; the host's `timeout` ends single commands before it. */
const answerMs = 15_000;
const maxFollowUps = 1;

/**
 * Takes one sample over a shell. Throws {@link HostError} (sample/…) when the host gave nothing; when a section hung,
 * answers with the others, reports that one as timed-out, leaves it out for a while, and closes the shell.
 */
export function collect(
  shell: Shell,
  collectors: readonly AnyCollector[],
  memory: HostMemory,
  clock: Clock,
  sudo: Pick<SudoMemory, 'refusals' | 'learn'>,
  isLookedAt = false,
): Promise<Sample> {
  return new Sampling({ shell, collectors, memory, clock, sudo, isLookedAt }).take();
}

type Sampled = {
  readonly shell: Shell;
  readonly collectors: readonly AnyCollector[];
  readonly memory: HostMemory;
  readonly clock: Clock;
  readonly sudo: Pick<SudoMemory, 'refusals' | 'learn'>;
  /** Whether somebody has the host open: then some sections are read more often. */
  readonly isLookedAt: boolean;
};

/** What a collector wants to ask its shell right after its first answer: numbers with commas between them. */
type FollowUp = { readonly name: string; readonly numbers: string };

/** An answer: our monotonic clock when it arrived, our wall clock in the middle of the exchange, and how long that took; all in ms. */
type Timed = {
  readonly answer: Answer;
  readonly nowMs: number;
  readonly readAt: number;
  readonly roundTripMs: number;
  /** Which of its sections are read on the main thread. */
  readonly share: Share;
};

/** What an answer came to. */
type Read = {
  readonly followUps: readonly FollowUp[];
  readonly files: ReadonlyMap<string, string>;
  readonly uptimeSeconds: number;
};

/** One sample being taken: a request for everything that is due, and one more for what collectors ask about its answer. */
class Sampling {
  private readonly of: Sampled;
  private readonly forced: Announcement | null;
  private readonly results = new Map<string, SectionResult>();
  /** Our clock in the middle between the first request and its answer, ms since the epoch. */
  private readAt: number;
  private roundTripMs = 0;
  /** Those that are asked: while an export wants the host, those that only it needs too. */
  private readonly collectors: readonly AnyCollector[];

  constructor(sampled: Sampled) {
    this.of = sampled;
    const { collectors, memory } = sampled;
    this.collectors = memory.exporting === null ? collectors.filter(({ forExport }) => !forExport) : collectors;
    this.forced = readAnnouncement(sampled.shell.announced, sampled.collectors);
    this.readAt = sampled.clock.now();
  }

  async take(): Promise<Sample> {
    const { collectors } = this;
    const { memory, shell, clock, isLookedAt } = this.of;
    memory.cpu.begin();
    const due = memory.sections.due(collectors, clock.monotonic(), isLookedAt);
    let followUps = await this.askDue([...new Set([...due, ...(memory.exporting?.unheard ?? [])])]);
    for (let round = 0; followUps.length > 0 && shell.isOpen() && round < maxFollowUps; round += 1)
      followUps = await this.askMore(followUps);
    const { results, readAt, roundTripMs } = this;
    const forExport = new Set(collectors.filter((one) => one.forExport).map(({ name }) => name));
    const sections = [...results.values()].filter(({ name }) => !forExport.has(name));
    return { sections, bootId: memory.clock.bootId, readAt, roundTripMs };
  }

  /** Asks for the files and the sections that are due. */
  private async askDue(due: readonly string[]): Promise<readonly FollowUp[]> {
    const { exporting } = this.of.memory;
    const words = due.filter((name) => this.isKnown(name));
    const timed = await this.request([...(exporting === null ? [] : [exportWord]), ...words].join(' '));
    this.readAt = timed.readAt;
    this.roundTripMs = timed.roundTripMs;
    const { followUps, files, uptimeSeconds } = await this.read(timed, this.collectors, due, false);
    const { results, readAt: at, roundTripMs } = this;
    await rest(timed.share);
    exporting?.read({ files, results, uptimeSeconds, at, roundTripMs });
    return followUps;
  }

  private async askMore(followUps: readonly FollowUp[]): Promise<readonly FollowUp[]> {
    const names = followUps.map(({ name }) => name);
    const timed = await this.request(followUps.map(({ name, numbers }) => `${name}=${numbers}`).join(' '));
    const asking = this.collectors.filter(({ name }) => names.includes(name));
    return (await this.read(timed, asking, names, true)).followUps;
  }

  /** Sends a request and takes its answer apart; closes the shell when the answer was cut. */
  private async request(sections: string): Promise<Timed> {
    const { shell, clock } = this.of;
    const askedMs = clock.monotonic();
    const raw = await shell.request(sections, answerMs);
    const nowMs = clock.monotonic();
    const roundTripMs = nowMs - askedMs;
    // Times are stored in whole milliseconds.
    const readAt = Math.round(clock.now() - roundTripMs / 2);
    const share = new Share(raw.text.length);
    await rest(share);
    let answer: Answer;
    try {
      answer = parseAnswer(raw.text, raw.nonce);
    } catch {
      throw new HostError(failure('sample', shell.isOpen() ? 'timed-out' : 'reset'));
    }
    if (!Number.isFinite(answer.uptimeSeconds)) throw new HostError(failure('sample', 'unparsable'));
    if (!raw.complete && !shell.isOpen()) throw new HostError(failure('sample', 'cut'));
    if (!raw.complete) shell.close();
    return { answer, nowMs, readAt, roundTripMs, share };
  }

  /** Turns an answer into results, and returns its files by path and what collectors want to ask next. */
  private async read(
    { answer, nowMs, share }: Timed,
    collectors: readonly AnyCollector[],
    asked: readonly string[],
    isFollowUp: boolean,
  ): Promise<Read> {
    const { memory, sudo } = this.of;
    await rest(share);
    sudo.learn(answer.sudo);
    const groups = groupFiles(answer.files);
    memory.cpu.add(ownCpuSeconds(groups));
    const { uptimeSeconds, isOtherBoot, isOtherClock } = memory.clock.read(answer, groups, nowMs);
    memory.exporting?.begin(memory.clock.bootId, isOtherBoot);
    if (isOtherBoot) memory.sections.forgetBoot();
    else if (isOtherClock) memory.sections.forgetFacts();
    const isOutdated = this.forced !== null && !this.forced.isCurrent;
    const shared = { uptimeSeconds, at: this.readAt, isFollowUp, isOutdated };
    const texts = filesByCollector(this.of.collectors, groups);
    await rest(share);
    const followUps: FollowUp[] = [];
    for (const part of answered(answer, collectors, asked, (name) => this.isKnown(name))) {
      const input = { ...part, ...shared, files: texts.get(part.collector) ?? '' };
      const { sections } = memory;
      const isFirst = sections.isFirst(part.collector);
      const isShort = share.takes(input.files, input.text ?? '');
      const reading = isShort ? sections.read(input) : await sections.readLong(input);
      followUps.push(...this.keep(input, reading, isFirst, nowMs));
    }
    return { followUps, files: groups, uptimeSeconds };
  }

  /** Keeps what a section came to. `isFirst`: there were no facts of it before. */
  private keep(
    input: SectionInput,
    { section, ask }: SectionReading,
    isFirst: boolean,
    nowMs: number,
  ): readonly FollowUp[] {
    const { collector, fault, hadTurn, isFollowUp } = input;
    const { sections, exporting } = this.of.memory;
    const result = fault === null ? this.withSudo(collector, section) : section;
    if (hadTurn && !isFollowUp) {
      sections.ran(input, result.error, isFirst, nowMs);
      exporting?.heard(collector.name, input.text);
    }
    this.results.set(collector.name, result);
    return ask === undefined ? [] : [{ name: collector.name, numbers: ask.replaceAll(' ', ',') }];
  }

  /** A section that lacks what only root may see says what sudo refused. */
  private withSudo(collector: AnyCollector, section: SectionResult): SectionResult {
    if (section.error?.reason !== 'not-permitted') return section;
    return { ...section, error: sudoError(collector, this.of.sudo.refusals) ?? section.error };
  }

  /** Whether the sampler on the host has a section; the one that Sonde sends has all of them. */
  private isKnown(name: string): boolean {
    return this.forced === null || this.forced.sections.has(name);
  }
}

/** Between two steps of reading a long answer others have their turn. */
async function rest({ isShort }: Share): Promise<void> {
  if (!isShort) await setImmediate();
}

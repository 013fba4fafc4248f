import type { NodeExport, NodeFamily, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { Kept } from '../node/kept.ts';
import { noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector, notThere } from './export-collector.ts';

const rarely = 'Read every 2 minutes.';
const perMicrosecond = 1e6;
const perNanosecond = 1e9;
/** Frequencies are in parts per million with 16 bits after the point. */
const perFraction = 65_536 * 1e6;
/** Bit of the status: times are in nanoseconds. */
const inNanoseconds = 0x2000;
/** What adjtimex returns while the clock is not synchronised. Source: TIME_ERROR, adjtimex(2). */
const notSynchronised = 5;

const family = {
  offset: gauge('node_timex_offset_seconds', 'Difference between the clock and its reference, in seconds.', rarely),
  frequency: gauge(
    'node_timex_frequency_adjustment_ratio',
    'How fast the clock is made to run; 1 is its own speed.',
    rarely,
  ),
  maxError: gauge('node_timex_maxerror_seconds', 'How wrong the clock may be at most, in seconds.', rarely),
  error: gauge('node_timex_estimated_error_seconds', 'How wrong the clock is estimated to be, in seconds.', rarely),
  status: gauge('node_timex_status', 'The bits of the status of the clock.', rarely),
  constant: gauge('node_timex_loop_time_constant', 'Time constant of the loop that steers the clock.', rarely),
  tick: gauge('node_timex_tick_seconds', 'Time between two ticks of the clock, in seconds.', rarely),
  ppsFrequency: gauge('node_timex_pps_frequency_hertz', 'Frequency of the pulse per second.', rarely),
  ppsJitter: gauge('node_timex_pps_jitter_seconds', 'Jitter of the pulse per second, in seconds.', rarely),
  ppsShift: gauge(
    'node_timex_pps_shift_seconds',
    'Length of the interval of the pulse per second, in seconds.',
    rarely,
  ),
  ppsStability: gauge(
    'node_timex_pps_stability_hertz',
    'Average change of the frequency of the pulse per second.',
    rarely,
  ),
  ppsJitters: counter(
    'node_timex_pps_jitter_total',
    'How often the jitter of the pulse per second was too large.',
    rarely,
  ),
  ppsCalibrations: counter(
    'node_timex_pps_calibration_total',
    'Intervals in which the pulse per second was measured.',
    rarely,
  ),
  ppsErrors: counter('node_timex_pps_error_total', 'Intervals in which measuring the pulse per second failed.', rarely),
  ppsExceeded: counter(
    'node_timex_pps_stability_exceeded_total',
    'How often the pulse per second was not steady enough.',
    rarely,
  ),
  tai: gauge(
    'node_timex_tai_offset_seconds',
    'Difference between UTC and International Atomic Time, in seconds.',
    rarely,
  ),
  isSynchronised: gauge('node_timex_sync_status', 'Whether the clock is synchronised: 1 or 0.', rarely),
} as const;

/** Twenty numbers of 64 bits are shorter. */
const longestLine = 1_000;

type Told = readonly (readonly [NodeFamily, number])[];

/** The numbers of `struct timex` as perl prints them, after what the call returned. Source: adjtimex(2). */
function ofPerl(line: string): Told {
  const told = words(line).map(numeric);
  if (told.length < 20) return [];
  const [state, , offset, frequency, maxError, error, status, constant, , , , , tick] = told as [number, ...number[]];
  const [ppsFrequency, jitter, shift, stability, jitters, calibrations, errors, exceeded, tai] = told.slice(13);
  return inUnits({
    state,
    status: status ?? 0,
    plain: [
      [family.frequency, 1 + (frequency ?? Number.NaN) / perFraction],
      [family.maxError, (maxError ?? Number.NaN) / perMicrosecond],
      [family.error, (error ?? Number.NaN) / perMicrosecond],
      [family.constant, constant ?? Number.NaN],
      [family.tick, (tick ?? Number.NaN) / perMicrosecond],
      [family.ppsFrequency, (ppsFrequency ?? Number.NaN) / perFraction],
      [family.ppsShift, shift ?? Number.NaN],
      [family.ppsStability, (stability ?? Number.NaN) / perFraction],
      [family.ppsJitters, jitters ?? Number.NaN],
      [family.ppsCalibrations, calibrations ?? Number.NaN],
      [family.ppsErrors, errors ?? Number.NaN],
      [family.ppsExceeded, exceeded ?? Number.NaN],
      [family.tai, tai ?? Number.NaN],
    ],
    fine: [
      [family.offset, offset ?? Number.NaN],
      [family.ppsJitter, jitter ?? Number.NaN],
    ],
  });
}

/** What BusyBox's adjtimex prints, a name and a number a line. */
function ofBusyBox(lines: readonly string[]): Told {
  const told = new Map(
    lines.flatMap((line) => {
      const [, name = '', value] = /^(?:-\w)? *([a-z. ]+): +(-?\d{1,19})\b/.exec(line) ?? [];
      return value === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
  const of = (name: string): number => told.get(name) ?? Number.NaN;
  if (!told.has('return value')) return [];
  return inUnits({
    state: of('return value'),
    status: of('status'),
    plain: [
      [family.frequency, 1 + of('freq.adjust') / perFraction],
      [family.maxError, of('maxerror') / perMicrosecond],
      [family.error, of('esterror') / perMicrosecond],
      [family.constant, of('timeconstant')],
      [family.tick, of('tick') / perMicrosecond],
    ],
    fine: [[family.offset, of('offset')]],
  });
}

function inUnits(one: {
  readonly state: number;
  readonly status: number;
  readonly plain: Told;
  readonly fine: Told;
}): Told {
  const divisor = (one.status & inNanoseconds) === 0 ? perMicrosecond : perNanosecond;
  return [
    [family.isSynchronised, one.state === notSynchronised ? 0 : 1],
    [family.status, one.status],
    ...one.plain,
    ...one.fine.map(([of, value]) => [of, value / divisor] as const),
  ];
}

function toldIn(text: string): Told {
  const found = parts(text);
  const perl = found.get('perl')?.head ?? '';
  if (perl !== '') return ofPerl(perl.slice(0, longestLine));
  const printed = found.get('adjtimex')?.lines ?? [];
  if (printed.length > 0) return ofBusyBox(printed);
  const synchronised = found.get('timedatectl')?.head;
  return synchronised === 'yes' || synchronised === 'no'
    ? [[family.isSynchronised, synchronised === 'yes' ? 1 : 0]]
    : [];
}

function open(): NodeReader<null> {
  const kept = new Kept();
  return {
    heard(text) {
      kept.set(toldIn(text).map(([of, value]) => [of, noLabels, value]));
    },
    read: (_, sink) => kept.put(sink),
  };
}

const node: readonly NodeExport<null>[] = [{ collector: 'timex', families: Object.values(family), open }];

/**
 * The state of the host's clock, which only a call of the kernel tells. Source: adjtimex(2), read by perl or BusyBox; only
 * whether it is synchronised: timedatectl. Alert rules look at where the offset goes within five minutes, which takes two readings.
 */
export const clock = exportCollector({
  name: 'clock',
  title: 'Clock',
  // The call's number differs between processors; a perl of 32 bits has that of 32 bits, also on a kernel of 64 (Raspberry Pi OS).
  // Its structure is that of C, with all modes 0: nothing is set.
  shell: `[ "$O" = Linux ] && {
case $(uname -m) in x86_64) c=159 ;; aarch64|riscv64|loongarch64) c=171 ;; i?86|arm*|ppc*|s390*) c=124 ;; *) c= ;; esac
[ "$c" ] && echo "@$n perl $(perl -e '$b="\\0" x 256; $r=syscall(length(pack("l!",0))>4?$ARGV[0]:124,$b); exit 1 if $r<0; print join " ",$r,unpack("I x![l!] l!4 i x![l!] l!3 l!2 l! l!2 i x![l!] l!5 i",$b)' $c)"
echo "@$n adjtimex"
command -v perl >/dev/null || busybox adjtimex
command -v perl >/dev/null || echo "@$n timedatectl $($T timedatectl show -p NTPSynchronized --value)"
}`,
  cadenceSeconds: 120,
  missing: (text) =>
    toldIn(text).length > 0
      ? undefined
      : notThere(
          'The host has no perl, BusyBox or timedatectl that tells the state of its clock',
          'Install perl or busybox.',
        ),
  node,
});

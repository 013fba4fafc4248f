import type { Collector } from '../../model/collector.ts';
import { SectionFailure } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { isBsd } from '../shared/bsd.ts';
import { parts } from '../shared/text.ts';
import type { Sensor, TemperatureFacts } from './facts.ts';
import { temperatureNode } from './node.ts';
import { temperatureSchema, temperatureView } from './view.ts';

/**
 * Temperatures of all sensors that the kernel knows. Machines without any (most virtual ones) answer not-installed.
 * Source: /sys/class/hwmon (kernel hwmon sysfs-interface.rst, thousandths of a degree; before Linux 3.15 in
 * hwmonN/device), /sys/class/thermal. The shell prints the device of each chip, so that two with one name can be told
 * apart.
 */
export const temperature: Collector<TemperatureFacts, 'temperature'> = {
  name: 'temperature',
  title: 'Temperatures',
  files: [
    '/sys/class/hwmon/hwmon*/name',
    '/sys/class/hwmon/hwmon*/temp*_input',
    '/sys/class/hwmon/hwmon*/temp*_label',
    '/sys/class/hwmon/hwmon*/temp*_fault',
    '/sys/class/hwmon/hwmon*/device/name',
    '/sys/class/hwmon/hwmon*/device/temp*_input',
    '/sys/class/hwmon/hwmon*/device/temp*_label',
    '/sys/class/hwmon/hwmon*/device/temp*_fault',
    '/sys/class/thermal/thermal_zone*/type',
    '/sys/class/thermal/thermal_zone*/temp',
  ],
  bsdFiles: ['uname'],
  shell: `echo "@$n devices"
ls -ld /sys/class/hwmon/hwmon*/device
[ "$E" ] && {
echo "@$n chips"
for d in /sys/class/hwmon/hwmon*; do cd "$d/device" && echo "$d $(pwd -P)"; done
cd /
echo "@$n limits"
grep -s '' /sys/class/hwmon/hwmon*/temp*_max /sys/class/hwmon/hwmon*/temp*_crit /sys/class/hwmon/hwmon*/temp*_crit_hyst /sys/class/hwmon/hwmon*/fan*_min /dev/null
}`,
  cadenceSeconds: 3600,
  parts: { files: 'sensors', shell: 'devices', main: 'files' },
  parse: ({ files, text }, previous) => {
    if (isBsd(files)) throw linuxOnly;
    const values = valuesOf(files);
    const devices = text === undefined ? (previous?.facts.devices ?? {}) : devicesOf(text);
    const hwmon = inputs(values).flatMap((one) => reading(one, values, devices));
    const zones = hwmon.length > 0 ? [] : [...values].flatMap(([path, value]) => zone(path, value, values));
    const { kept: found, more } = bounded([...hwmon, ...zones], most.sensors);
    if (found.length === 0) throw noSensors;
    const sensors = named(found);
    const facts = { sensors, devices, ...leftOut({ sensors: more }) };
    return { source: hwmon.length > 0 ? '/sys/class/hwmon' : '/sys/class/thermal', facts };
  },
  node: temperatureNode,
  view: { schema: temperatureSchema, of: (facts, { source }) => temperatureView(facts, source) },
  metrics: {
    temperature_celsius: {
      kind: 'gauge',
      unit: 'celsius',
      help: 'Temperature of a sensor',
      kept: true,
      read: (facts) =>
        facts.sensors.map(({ label, celsius, isTelling }) => ({
          labels: { sensor: label },
          value: celsius,
          // The hottest of those that tell how hot the host is, before inputs of boards. All are between -60 and 200 degrees.
          weight: (isTelling ? 1 : 0) + (celsius + 60) / 260,
        })),
    },
  },
};

/** Created once: most virtual machines have none, and every sample says so. */
const noSensors = new SectionFailure('not-installed', 'The host has no temperature sensors');

const linuxOnly = new SectionFailure(
  'not-installed',
  'Temperatures are only read on Linux',
  'On the host itself: sysctl hw.sensors (OpenBSD), sysctl dev.cpu (FreeBSD), envstat (NetBSD).',
);

/** Chips of processors. */
const processors = /^(coretemp|k8temp|k10temp|zenpower|via_cputemp|fam15h_power|cpu_?thermal|soc_?thermal|cpu\d*)/;
/** Chips on boards, which measure whatever is connected to them, or nothing. */
const boards = /^(it8\d|nct\d|w83\d|f71\d|f75\d|sch5\d|sch3\d|pc87\d|smsc|dme1737|lm78|asus_?ec|asus_atk)/;

type Input = { readonly folder: string; readonly hwmon: string; readonly sensor: string; readonly value: string };
/** A sensor before two with one name are told apart: first by device, then by its own number. */
type Unnamed = { readonly label: string; readonly marks: readonly string[]; readonly chip: string; celsius: number };

function valuesOf(files: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of files.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return values;
}

/** `… /sys/class/hwmon/hwmon3/device -> ../../nvme0`: the last part of the link is the kernel's name for the device. */
function devicesOf(text: string): Readonly<Record<string, string>> {
  const lines = parts(text).get('devices')?.lines ?? [];
  return Object.fromEntries(
    lines.slice(0, most.sensors).flatMap((line) => {
      const match = /\/sys\/class\/hwmon\/(hwmon\d+)\/device -> (?:\S*\/)?([^/\s]+)$/.exec(line);
      return match ? [[match[1] ?? '', match[2] ?? ''] as const] : [];
    }),
  );
}

/** If a chip has its sensors in both places, those of its own folder. */
function inputs(values: ReadonlyMap<string, string>): readonly Input[] {
  const all = [...values].flatMap(([path, value]) => {
    const match = /^(\/sys\/class\/hwmon\/(hwmon\d+)(?:\/device)?)\/(temp\d+)_input$/.exec(path);
    return match ? [{ folder: match[1] ?? '', hwmon: match[2] ?? '', sensor: match[3] ?? '', value }] : [];
  });
  const own = new Set(all.filter(({ folder }) => !folder.endsWith('/device')).map(({ hwmon }) => hwmon));
  return all.filter(({ folder, hwmon }) => !folder.endsWith('/device') || !own.has(hwmon));
}

function reading(
  { folder, hwmon, sensor, value }: Input,
  values: ReadonlyMap<string, string>,
  devices: Readonly<Record<string, string>>,
): Unnamed[] {
  const celsius = degrees(value);
  if (celsius === null || values.get(`${folder}/${sensor}_fault`) === '1') return [];
  const chip = values.get(`${folder}/name`) || values.get(`/sys/class/hwmon/${hwmon}/name`) || 'hwmon';
  const label = values.get(`${folder}/${sensor}_label`) || sensor;
  return [{ label: `${chip} ${label}`, marks: [devices[hwmon] ?? hwmon, hwmon, sensor], chip, celsius }];
}

function zone(path: string, value: string, values: ReadonlyMap<string, string>): Unnamed[] {
  const match = /^(\/sys\/class\/thermal\/(thermal_zone\d+))\/temp$/.exec(path);
  const celsius = degrees(value);
  if (match === null || celsius === null) return [];
  const chip = values.get(`${match[1]}/type`) || 'zone';
  return [{ label: chip, marks: [match[2] ?? ''], chip, celsius }];
}

/**
 * Sensors that do not exist read as zero, as values that no machine survives, or as the end of their scale: a byte's
 * 127, 127.5, 128 or 255 degrees.
 */
function degrees(thousandths: string): number | null {
  if (!/^-?\d{1,7}$/.test(thousandths)) return null;
  const celsius = Number(thousandths) / 1000;
  if (celsius === 0 || celsius < -60 || celsius > 200 || [127, 127.5, 128].includes(celsius)) return null;
  return celsius;
}

/** Every sensor under a unique name. A board's chip shows how hot the host is only if no processor sensor does. */
function named(found: readonly Unnamed[]): readonly Sensor[] {
  const hasProcessor = found.some(({ chip }) => processors.test(chip));
  let labels = found.map(({ label }) => label);
  for (const step of [0, 1, 2]) {
    const marks = new Map<string, Set<string | undefined>>();
    const markOf = (index: number): string | undefined => found[index]?.marks[step];
    for (const [index, label] of labels.entries()) marks.set(label, (marks.get(label) ?? new Set()).add(markOf(index)));
    labels = labels.map((label, index) =>
      (marks.get(label)?.size ?? 0) > 1 && markOf(index) !== undefined ? `${label} (${markOf(index)})` : label,
    );
  }
  return found.map(({ chip, celsius }, index) => ({
    label: labels[index] ?? chip,
    celsius,
    isTelling: !(hasProcessor && boards.test(chip)),
  }));
}

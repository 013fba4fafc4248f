import type { NodeExport, NodeFamily, NodeReader } from '../../model/export/node.ts';
import { gauge } from '../node/families.ts';
import { labelTable } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts } from '../shared/text.ts';
import type { TemperatureFacts } from './facts.ts';

const hourly = 'Read once an hour.';
const celsius = gauge('node_hwmon_temp_celsius', 'Temperature of a sensor.');
const fan = gauge('node_hwmon_fan_rpm', 'Speed of a fan, in turns per minute.');
const alarm = gauge('node_hwmon_temp_alarm', 'Whether a sensor raised an alarm: 1 or 0.');
const critical = gauge(
  'node_hwmon_temp_crit_alarm_celsius',
  'Not 0 if a sensor raised the critical alarm; thousandths, as in node_exporter.',
);
const chipNames = gauge('node_hwmon_chip_names', 'The name of a chip that has sensors; always 1.');
const sensorLabels = gauge('node_hwmon_sensor_label', 'The name of a sensor; always 1.');
const zoneCelsius = gauge('node_thermal_zone_temp', 'Temperature of a thermal zone, in degrees Celsius.');

/** The files of a sensor, by type and property, and what their numbers are divided by. */
const properties: Readonly<Record<string, readonly [NodeFamily, number]>> = {
  temp_input: [celsius, 1_000],
  fan_input: [fan, 1],
  temp_alarm: [alarm, 1],
  temp_crit_alarm: [critical, 1_000],
};
/** The same of what hardly ever changes. */
const limits: Readonly<Record<string, readonly [NodeFamily, number]>> = {
  temp_max: [gauge('node_hwmon_temp_max_celsius', 'Temperature from which a sensor is too hot.', hourly), 1_000],
  temp_crit: [gauge('node_hwmon_temp_crit_celsius', 'Temperature from which a sensor is critical.', hourly), 1_000],
  temp_crit_hyst: [
    gauge('node_hwmon_temp_crit_hyst_celsius', 'Temperature below which a sensor is no longer critical.', hourly),
    1_000,
  ],
  fan_min: [gauge('node_hwmon_fan_min_rpm', 'Speed below which a fan is too slow, in turns per minute.', hourly), 1],
};

/** A host may list anything. */
const mostValues = 5_000;

const ofSensor = labelTable((text) => {
  const [chip = '', sensor = ''] = text.split('\n');
  return { chip, sensor };
});
const ofLabel = labelTable((text) => {
  const [chip = '', label = '', sensor = ''] = text.split('\n');
  return { chip, label, sensor };
});
const ofChip = labelTable((text) => {
  const [chip = '', name = ''] = text.split('\n');
  return { chip, chip_name: name };
});
const ofZone = labelTable((text) => {
  const [zone = '', type = ''] = text.split('\n');
  return { type, zone };
});

/** As node_exporter writes names of devices: lower case, everything but letters, digits, `:` and `_` becomes `_`. */
function clean(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** The chip of a device: its bus or parent and its name. */
function chipOf(path: string): string {
  const folders = path.split('/');
  return [folders.at(-2) ?? '', folders.at(-1) ?? ''].map(clean).filter(Boolean).join('_');
}

type Value = { readonly hwmon: string; readonly sensor: string; readonly property: string; readonly value: string };

/** A line `…/hwmonN/temp1_input:45000` or `…/hwmonN/device/temp1_input:45000`. */
function sensorValue(line: string): Value | null {
  const match = /^\/sys\/class\/hwmon\/(hwmon\d+)(?:\/device)?\/(?:(temp|fan)(\d+)_)?([a-z_]+):(.*)$/.exec(line);
  if (match === null) return null;
  const [, hwmon = '', type, number, property = '', value = ''] = match;
  const sensor = type === undefined ? '' : `${type}${number}`;
  return { hwmon, sensor, property: type === undefined ? property : `${type}_${property}`, value };
}

type Limit = { readonly hwmon: string; readonly sensor: string; readonly family: NodeFamily; readonly value: number };

/** What hardly ever changes of a host's sensors. */
type Known = {
  /** hwmon folder → chip. */
  readonly chips: ReadonlyMap<string, string>;
  readonly limits: readonly Limit[];
};

function knownOf(text: string): Known {
  const found = parts(text);
  const chips = new Map<string, string>();
  for (const line of (found.get('chips')?.lines ?? []).slice(0, 1_000)) {
    const [, hwmon, path] = /^\/sys\/class\/hwmon\/(hwmon\d+) (\/.+)$/.exec(line) ?? [];
    if (hwmon !== undefined && path !== undefined) chips.set(hwmon, chipOf(path));
  }
  const values = (found.get('limits')?.lines ?? []).slice(0, mostValues).flatMap((line): Limit[] => {
    const one = sensorValue(line);
    const [family, divisor = 1] = limits[one?.property ?? ''] ?? [];
    if (one === null || family === undefined) return [];
    return [{ hwmon: one.hwmon, sensor: one.sensor, family, value: numeric(one.value) / divisor }];
  });
  return { chips, limits: values };
}

/** The chip of each folder: of its device, or as it calls itself; a second chip of one device has its name appended. */
function chipsOf(
  names: ReadonlyMap<string, string>,
  hwmons: Iterable<string>,
  known: Known,
): ReadonlyMap<string, string> {
  const chips = new Map<string, string>();
  const taken = new Set<string>();
  for (const hwmon of hwmons) {
    const name = clean(names.get(hwmon) ?? '');
    const own = known.chips.get(hwmon) || name || hwmon;
    const chip = taken.has(own) ? `${own}_${name || hwmon}` : own;
    taken.add(chip);
    chips.set(hwmon, chip);
  }
  return chips;
}

function openHwmon(): NodeReader<TemperatureFacts> {
  let known: Known | null = null;
  return {
    heard(text) {
      known = knownOf(text);
    },
    read({ files }, { put }) {
      // Before the shell said which devices the chips are, their names would be others.
      if (known === null) return;
      const values: Value[] = [];
      const names = new Map<string, string>();
      const hwmons = new Set<string>();
      for (const path of files.keys()) {
        if (!path.startsWith('/sys/class/hwmon/')) continue;
        const lines = files.get(path) ?? '';
        const end = lines.indexOf('\n');
        const value = sensorValue(end < 0 ? lines : lines.slice(0, end));
        if (value === null || values.length >= mostValues) continue;
        hwmons.add(value.hwmon);
        if (value.property !== 'name') values.push(value);
        else if (!names.has(value.hwmon)) names.set(value.hwmon, value.value);
      }
      const chips = chipsOf(names, hwmons, known);
      const chip = (hwmon: string): string => chips.get(hwmon) ?? hwmon;
      for (const [hwmon, name] of names) put(chipNames, ofChip(`${chip(hwmon)}\n${clean(name)}`), 1);
      for (const { hwmon, sensor, property, value } of values) {
        const [family, divisor = 1] = properties[property] ?? [];
        if (family !== undefined) put(family, ofSensor(`${chip(hwmon)}\n${sensor}`), numeric(value) / divisor);
        else if (property.endsWith('_label'))
          put(sensorLabels, ofLabel(`${chip(hwmon)}\n${value.trim()}\n${sensor}`), 1);
      }
      for (const { hwmon, sensor, family, value } of known.limits)
        if (hwmons.has(hwmon)) put(family, ofSensor(`${chip(hwmon)}\n${sensor}`), value);
    },
  };
}

const mostZones = 256;

const zones: NodeReader<TemperatureFacts> = {
  read({ files }, { put, cut }) {
    let count = 0;
    for (const path of files.keys()) {
      const zone = /^\/sys\/class\/thermal\/thermal_zone(\d+)\/temp$/.exec(path)?.[1];
      if (zone === undefined) continue;
      count += 1;
      if (count > mostZones) continue;
      const lines = files.get(path) ?? '';
      const typePath = `/sys/class/thermal/thermal_zone${zone}/type`;
      const type =
        files
          .get(typePath)
          ?.slice(typePath.length + 1)
          .trim() ?? '';
      put(zoneCelsius, ofZone(`${zone}\n${type}`), numeric(lines.slice(path.length + 1).trim()) / 1_000);
    }
    cut(zoneCelsius, count - mostZones);
  },
};

/** What node_exporter's collectors of sensors have. Source: /sys/class/hwmon (kernel hwmon/sysfs-interface.rst), /sys/class/thermal. */
export const temperatureNode: readonly NodeExport<TemperatureFacts>[] = [
  {
    collector: 'hwmon',
    families: [
      celsius,
      fan,
      alarm,
      critical,
      chipNames,
      sensorLabels,
      ...Object.values(limits).map(([family]) => family),
    ],
    files: [
      '/sys/class/hwmon/hwmon*/fan*_input',
      '/sys/class/hwmon/hwmon*/fan*_label',
      '/sys/class/hwmon/hwmon*/temp*_alarm',
      '/sys/class/hwmon/hwmon*/device/fan*_input',
    ],
    open: openHwmon,
  },
  { collector: 'thermal_zone', families: [zoneCelsius], open: () => zones },
];

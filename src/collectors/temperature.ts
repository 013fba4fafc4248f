import type { Collector } from '../model/collector.ts';
import { SectionFailure } from '../model/collector.ts';
import type { TemperatureFacts } from '../model/facts.ts';
import { bounded, leftOut, most } from './bounds.ts';
import { isOtherSystem } from './other-systems.ts';

/**
 * Temperatures of all sensors that the kernel knows. Machines without any (most virtual ones) answer not-installed.
 * Source: /sys/class/hwmon (kernel hwmon sysfs-interface.rst, thousandths of a degree), /sys/class/thermal.
 */
export const temperature: Collector<TemperatureFacts> = {
  name: 'temperature',
  files: [
    '/sys/class/hwmon/hwmon*/name',
    '/sys/class/hwmon/hwmon*/temp*_input',
    '/sys/class/hwmon/hwmon*/temp*_label',
    '/sys/class/thermal/thermal_zone*/type',
    '/sys/class/thermal/thermal_zone*/temp',
  ],
  otherFiles: ['uname'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }) => {
    if (isOtherSystem(files)) throw linuxOnly;
    const values = new Map<string, string>();
    for (const line of files.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    const hwmon = [...values].flatMap(([path, value]) => {
      const match = /^(\/sys\/class\/hwmon\/hwmon\d+)\/(temp\d+)_input$/.exec(path);
      if (match === null) return [];
      const [, chip = '', sensor = ''] = match;
      const label = values.get(`${chip}/${sensor}_label`) ?? sensor;
      return reading(`${values.get(`${chip}/name`) ?? 'hwmon'} ${label}`, value);
    });
    const zones = [...values].flatMap(([path, value]) => {
      const zone = /^(\/sys\/class\/thermal\/thermal_zone\d+)\/temp$/.exec(path)?.[1];
      return zone === undefined ? [] : reading(values.get(`${zone}/type`) ?? 'zone', value);
    });
    const { kept: sensors, more } = bounded(hwmon.length > 0 ? hwmon : zones, most.sensors);
    if (sensors.length === 0) throw noSensors;
    const facts = { sensors, ...leftOut({ sensors: more }) };
    return { source: hwmon.length > 0 ? '/sys/class/hwmon' : '/sys/class/thermal', facts };
  },
  metrics: {
    temperature_celsius: {
      kind: 'gauge',
      unit: 'celsius',
      help: 'Temperature of a sensor',
      read: (facts) => facts.sensors.map(({ label, celsius }) => ({ labels: { sensor: label }, value: celsius })),
    },
  },
};

/** Made once: most virtual machines have none, and every sample says so. */
const noSensors = new SectionFailure('not-installed', 'The host has no temperature sensors');

const linuxOnly = new SectionFailure(
  'not-installed',
  'Temperatures are read of Linux only',
  'On the host itself: sysctl hw.sensors (OpenBSD), sysctl dev.cpu (FreeBSD), envstat (NetBSD).',
);

/** Sensors that are not there read as zero, or as far outside of what a machine survives. */
function reading(label: string, thousandths: string): { label: string; celsius: number }[] {
  if (!/^-?\d{1,7}$/.test(thousandths)) return [];
  const celsius = Number(thousandths) / 1000;
  return celsius === 0 || celsius < -60 || celsius > 200 ? [] : [{ label, celsius }];
}

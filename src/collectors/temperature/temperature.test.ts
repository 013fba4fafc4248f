import { expect, test } from 'vitest';
import { temperature } from './temperature.ts';
import { highestCelsius } from './view.ts';

function read(lines: readonly string[], devices: readonly string[] = []) {
  const files = lines.map((line) => `/sys/class/${line}\n`).join('');
  const text = `@devices\n${devices.map((one) => `lrwxrwxrwx 1 root root 0 Nov 24 10:00 /sys/class/hwmon/${one}\n`).join('')}`;
  return temperature.parse({ files, text, uptimeSeconds: 1, at: 0 }, undefined).facts;
}

const nvme = [
  'hwmon/hwmon3/name:nvme',
  'hwmon/hwmon4/name:nvme',
  'hwmon/hwmon3/temp1_input:40850',
  'hwmon/hwmon3/temp1_label:Composite',
  'hwmon/hwmon4/temp1_input:71850',
  'hwmon/hwmon4/temp1_label:Composite',
];

test.each([
  [
    'two disks',
    nvme,
    ['hwmon3/device -> ../../nvme0', 'hwmon4/device -> ../../nvme1'],
    ['nvme Composite (nvme0)', 'nvme Composite (nvme1)'],
  ],
  ['two disks of which nothing else is known', nvme, [], ['nvme Composite (hwmon3)', 'nvme Composite (hwmon4)']],
  [
    'two processors',
    ['0', '1'].flatMap((one) => [
      `hwmon/hwmon${one}/name:coretemp`,
      `hwmon/hwmon${one}/temp2_input:50000`,
      `hwmon/hwmon${one}/temp2_label:Core 0`,
    ]),
    ['hwmon0/device -> ../../../coretemp.0', 'hwmon1/device -> ../../../coretemp.1'],
    ['coretemp Core 0 (coretemp.0)', 'coretemp Core 0 (coretemp.1)'],
  ],
  [
    'two inputs of one chip under one label',
    [
      'hwmon/hwmon0/name:nvme',
      'hwmon/hwmon0/temp1_input:40000',
      'hwmon/hwmon0/temp2_input:50000',
      'hwmon/hwmon0/temp1_label:Sensor',
      'hwmon/hwmon0/temp2_label:Sensor',
    ],
    [],
    ['nvme Sensor (temp1)', 'nvme Sensor (temp2)'],
  ],
  [
    'two zones of one type',
    ['0', '1'].flatMap((one) => [
      `thermal/thermal_zone${one}/type:acpitz`,
      `thermal/thermal_zone${one}/temp:4${one}000`,
    ]),
    [],
    ['acpitz (thermal_zone0)', 'acpitz (thermal_zone1)'],
  ],
])('%s have names of their own', (_, lines, devices, labels) => {
  const facts = read(lines, devices);
  expect(facts.sensors.map(({ label }) => label)).toEqual(labels);
  const series = temperature.metrics.temperature_celsius?.read(facts);
  expect(
    new Set((series as readonly { labels: Readonly<Record<string, string>> }[]).map((one) => one.labels.sensor)).size,
  ).toBe(2);
});

test('what a chip belongs to is remembered between two looks', () => {
  const facts = read(nvme, ['hwmon3/device -> ../../nvme0', 'hwmon4/device -> ../../nvme1']);
  const files = nvme.map((line) => `/sys/class/${line}\n`).join('');
  const later = temperature.parse({ files, text: undefined, uptimeSeconds: 2, at: 0 }, { facts, uptimeSeconds: 1 });
  expect(later.facts.sensors[0]?.label).toBe('nvme Composite (nvme0)');
});

test('old kernels keep sensors one folder below', () => {
  const { sensors } = read([
    'hwmon/hwmon0/device/name:coretemp',
    'hwmon/hwmon0/device/temp2_input:52000',
    'hwmon/hwmon0/device/temp2_label:Core 0',
  ]);
  expect(sensors).toEqual([{ label: 'coretemp Core 0', celsius: 52, isTelling: true }]);
});

test('a sensor in both folders counts once', () => {
  const lines = ['name:applesmc', 'temp1_input:30000'];
  const both = lines.flatMap((line) => [`hwmon/hwmon0/${line}`, `hwmon/hwmon0/device/${line}`]);
  expect(read(both).sensors).toHaveLength(1);
});

const board = ['hwmon/hwmon0/name:it8728', 'hwmon/hwmon0/temp1_input:34000'];
const processor = [
  'hwmon/hwmon1/name:coretemp',
  'hwmon/hwmon1/temp1_input:39000',
  'hwmon/hwmon1/temp1_label:Package id 0',
];

test.each([
  ['an input at the end of its scale', [...board, 'hwmon/hwmon0/temp2_input:127000', ...processor], 39],
  ['an open input of a board', [...board, 'hwmon/hwmon0/temp2_input:119500', ...processor], 39],
  [
    'an input that says it is broken',
    ['hwmon/hwmon2/name:tmp401', 'hwmon/hwmon2/temp1_input:91000', 'hwmon/hwmon2/temp1_fault:1', ...processor],
    39,
  ],
  ['an input that reads zero', [...processor, 'hwmon/hwmon1/temp9_input:0'], 39],
  ['a board without a processor’s sensor', board, 34],
  ['a hot disk beside a cool processor', [...processor, ...nvme], 71.85],
])('the highest of %s', (_, lines, celsius) => {
  expect(highestCelsius(read(lines).sensors)).toBe(celsius);
});

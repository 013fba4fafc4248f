import type { NodeExport, NodeFamily, NodeReader } from '../../model/export/node.ts';
import type { Labels } from '../../model/export/series.ts';
import { counter, gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, noLabels, ofCpu } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';

const minutely = 'Read every minute.';
const perKilohertz = 1_000;

const ofSupply = labelTable((supply) => ({ power_supply: supply }));
const ofController = labelTable((controller) => ({ controller }));
const ofCooling = labelTable((text) => {
  const [name = '', type = ''] = text.split('\n');
  return { name, type };
});

/** A file of /sys with one number: whose it is, what it is, and what it is multiplied by. */
type File = {
  readonly path: RegExp;
  readonly family: NodeFamily;
  readonly labels: (value: string) => Labels;
  readonly scale: number;
};

const frequency = (file: string, name: string, help: string): File => ({
  path: new RegExp(`^/sys/devices/system/cpu/cpu(\\d+)/cpufreq/${file}$`),
  family: gauge(name, help, minutely),
  labels: ofCpu,
  scale: perKilohertz,
});

const supply = (file: string, name: string, help: string): File => ({
  path: new RegExp(`^/sys/class/power_supply/([^/]+)/${file}$`),
  family: gauge(name, help, minutely),
  labels: ofSupply,
  scale: 1,
});

const memoryErrors = (file: string, name: string, help: string): File => ({
  path: new RegExp(`^/sys/devices/system/edac/mc/mc(\\d+)/${file}$`),
  family: counter(name, help, minutely),
  labels: ofController,
  scale: 1,
});

const files: readonly File[] = [
  frequency('scaling_cur_freq', 'node_cpu_scaling_frequency_hertz', 'Frequency of a core, as the kernel asked for it.'),
  frequency('scaling_min_freq', 'node_cpu_scaling_frequency_min_hertz', 'Lowest frequency that a core may be given.'),
  frequency('scaling_max_freq', 'node_cpu_scaling_frequency_max_hertz', 'Highest frequency that a core may be given.'),
  frequency('cpuinfo_min_freq', 'node_cpu_frequency_min_hertz', 'Lowest frequency that a core can run at.'),
  frequency('cpuinfo_max_freq', 'node_cpu_frequency_max_hertz', 'Highest frequency that a core can run at.'),
  supply('online', 'node_power_supply_online', 'Whether a power supply has power: 1 or 0.'),
  supply('present', 'node_power_supply_present', 'Whether a battery is there: 1 or 0.'),
  supply('capacity', 'node_power_supply_capacity', 'How full a battery is, in percent.'),
  memoryErrors('ce_count', 'node_edac_correctable_errors_total', 'Errors of memory that were corrected.'),
  memoryErrors('ue_count', 'node_edac_uncorrectable_errors_total', 'Errors of memory that could not be corrected.'),
];

const cooling = {
  cur_state: gauge('node_cooling_device_cur_state', 'How hard a cooling device works.', minutely),
  max_state: gauge('node_cooling_device_max_state', 'How hard a cooling device can work.', minutely),
} as const;

const interrupts = counter('node_intr_total', 'Interrupts of all cores.', `${minutely} It goes up in steps.`);

/** A host may list anything. */
const mostValues = 5_000;

function told(text: string): Told {
  const found = parts(text);
  const values = new Map(
    (found.get('files')?.lines ?? []).slice(0, mostValues).flatMap((line) => {
      const colon = line.indexOf(':', line.lastIndexOf('/'));
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const];
    }),
  );
  const series: (readonly [NodeFamily, Labels, number])[] = [];
  for (const [path, value] of values) {
    for (const one of files) {
      const whose = one.path.exec(path)?.[1];
      if (whose !== undefined) series.push([one.family, one.labels(whose), numeric(value) * one.scale]);
    }
    const [, folder = '', number = '', file] =
      /^(\/sys\/class\/thermal\/cooling_device(\d+))\/(cur_state|max_state)$/.exec(path) ?? [];
    if (file === 'cur_state' || file === 'max_state')
      series.push([cooling[file], ofCooling(`${number}\n${values.get(`${folder}/type`) ?? ''}`), numeric(value)]);
  }
  const counted = found.get('interrupts')?.head;
  return counted === undefined ? series : [...series, [interrupts, noLabels, numeric(counted)]];
}

function open(): NodeReader<null> {
  const kept = new Kept();
  return {
    heard(text) {
      kept.set(told(text));
    },
    read: (_, sink) => kept.put(sink),
  };
}

const familiesOf = (prefix: string): readonly NodeFamily[] =>
  files.map(({ family }) => family).filter(({ name }) => name.startsWith(prefix));

const node: readonly NodeExport<null>[] = [
  { collector: 'cpufreq', families: familiesOf('node_cpu_'), open },
  { collector: 'powersupplyclass', families: familiesOf('node_power_supply_') },
  { collector: 'edac', families: familiesOf('node_edac_') },
  { collector: 'thermal_zone', families: Object.values(cooling) },
  { collector: 'stat', families: [interrupts] },
];

/** Devices of the machine. Source: /sys (kernel ABI/testing), the line intr of /proc/stat, which may be thousands of numbers long. */
export const hardware = exportCollector({
  name: 'hardware',
  title: 'Hardware',
  shell: `[ "$O" = Linux ] && {
echo "@$n files"
grep -s '' /sys/devices/system/cpu/cpu*/cpufreq/scaling_*_freq /sys/devices/system/cpu/cpu*/cpufreq/cpuinfo_m*_freq /sys/class/power_supply/*/online /sys/class/power_supply/*/present /sys/class/power_supply/*/capacity /sys/class/thermal/cooling_device*/cur_state /sys/class/thermal/cooling_device*/max_state /sys/class/thermal/cooling_device*/type /sys/devices/system/edac/mc/mc*/[cu]e_count /dev/null
echo "@$n interrupts $(sed -n '/^intr /{s/^intr \\([0-9]*\\).*/\\1/p;q;}' /proc/stat)"
}`,
  cadenceSeconds: 60,
  node,
});

import { cores, interfaces } from './devices.ts';

function netFiles(): Readonly<Record<string, string>> {
  const files = interfaces.map((name, index) => {
    const isUp = index < 4;
    const speed = ['', '10000', '1000', '', '', '-1'][index] ?? '';
    return [
      ['operstate', name === 'lo' ? 'unknown' : isUp ? 'up' : 'down'],
      ['carrier', isUp ? '1' : '0'],
      ['carrier_changes', String(3 + index)],
      ['carrier_up_count', String(2 + index)],
      ['carrier_down_count', '1'],
      ['mtu', String(1_500 + index)],
      ['tx_queue_len', String(1_000 + index)],
      ['statistics/rx_nohandler', String(70 + index)],
      ['address', `52:54:00:00:00:0${index}`],
      ...(speed === '' ? [] : [['speed', speed]]),
    ].map(([file, value]) => [`class/net/${name}/${file}`, `${value}\n`]);
  });
  return Object.fromEntries([
    ...files.flat(),
    ['class/net/bonding_masters', 'bond0\n'],
    ['class/net/bond0/bonding/slaves', 'eth0 eth1\n'],
    ['class/net/eth0/bonding_slave/mii_status', 'up\n'],
    ['class/net/eth1/bonding_slave/mii_status', 'down\n'],
  ]) as Record<string, string>;
}

const sensors: Readonly<Record<string, string>> = {
  'class/hwmon/hwmon0/name': 'coretemp',
  'class/hwmon/hwmon0/temp1_input': '55000',
  'class/hwmon/hwmon0/temp1_label': 'Package id 0',
  'class/hwmon/hwmon0/temp1_max': '84000',
  'class/hwmon/hwmon0/temp1_crit': '100000',
  'class/hwmon/hwmon0/temp1_crit_alarm': '0',
  'class/hwmon/hwmon0/temp2_input': '53000',
  'class/hwmon/hwmon0/temp2_label': 'Core 0',
  'class/hwmon/hwmon1/name': 'nct6775',
  'class/hwmon/hwmon1/fan1_input': '1098',
  'class/hwmon/hwmon1/fan1_min': '300',
  'class/hwmon/hwmon1/temp1_input': '38500',
  'class/hwmon/hwmon1/temp1_alarm': '1',
  'class/hwmon/hwmon1/temp1_crit_hyst': '75000',
  'class/hwmon/hwmon2/name': 'nvme',
  'class/hwmon/hwmon2/temp1_input': '41850',
  'class/thermal/thermal_zone0/type': 'x86_pkg_temp',
  'class/thermal/thermal_zone0/temp': '56000',
  'class/thermal/thermal_zone0/policy': 'step_wise',
  'class/thermal/cooling_device0/type': 'Processor',
  'class/thermal/cooling_device0/cur_state': '2',
  'class/thermal/cooling_device0/max_state': '10',
  'class/power_supply/AC/online': '1',
  'class/power_supply/AC/type': 'Mains',
  'class/power_supply/BAT0/present': '1',
  'class/power_supply/BAT0/capacity': '81',
  'class/power_supply/BAT0/type': 'Battery',
  'devices/system/edac/mc/mc0/ce_count': '7',
  'devices/system/edac/mc/mc0/ue_count': '5',
  'devices/system/edac/mc/mc0/ce_noinfo_count': '0',
  'devices/system/edac/mc/mc0/ue_noinfo_count': '0',
  'devices/platform/coretemp.0/driver': '',
  'devices/platform/nct6775.656/driver': '',
  'devices/pci0000:00/nvme/nvme0/model': 'x',
};

function frequencies(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    cores.flatMap((core) =>
      Object.entries({
        scaling_cur_freq: 1_699_981 + core,
        scaling_min_freq: 800_001,
        scaling_max_freq: 3_700_003,
        cpuinfo_min_freq: 800_000,
        cpuinfo_max_freq: 3_700_000,
        // Without these, node_exporter reads none.
        scaling_available_governors: 'performance powersave',
        scaling_driver: 'intel_pstate',
        scaling_governor: 'powersave',
        scaling_setspeed: '<unsupported>',
        related_cpus: core,
      }).map(([file, value]) => [`devices/system/cpu/cpu${core}/cpufreq/${file}`, String(value)]),
    ),
  );
}

/** The files of /sys of the machine of node-tree.ts, by their names there. */
export function sysFiles(): Readonly<Record<string, string>> {
  return { ...netFiles(), ...sensors, ...frequencies() };
}

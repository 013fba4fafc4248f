import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import type { Labels } from '../../model/export/series.ts';
import { gauge } from '../node/families.ts';
import { bounded, copied, labelTable, noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { bootSeconds, variables } from '../shared/bsd.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';
import { limitFiles, limitsIn, limitsNode, putLimits } from './kernel-limits.ts';

const rarely = 'Read every 5 minutes.';
const uname = gauge('node_uname_info', 'Names of the host and its kernel; always 1.', rarely);
const os = gauge('node_os_info', 'The distribution; always 1.', rarely);
const osVersion = gauge('node_os_version', 'The version of the distribution, major and minor.', rarely);
const dmi = gauge(
  'node_dmi_info',
  'What the firmware says of the machine; always 1.',
  `${rarely} Serial numbers are not read.`,
);
const time = gauge(
  'node_time_seconds',
  'The clock of the host, in seconds since the epoch.',
  'Made of the uptime and the time of the boot, which is read from the clock every 5 minutes.',
);
const zone = gauge('node_time_zone_offset_seconds', 'How far the time zone is from UTC, in seconds.', rarely);
const boot = gauge('node_boot_time_seconds', 'When the host booted, in seconds since the epoch.');

/** The labels of node_os_info, by the names of os-release(5). */
const osNames = [
  'build_id',
  'id',
  'id_like',
  'image_id',
  'image_version',
  'name',
  'pretty_name',
  'variant',
  'variant_id',
  'version',
  'version_codename',
  'version_id',
] as const;

/** The labels of node_dmi_info, by the names of /sys/class/dmi/id. */
const dmiNames: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_release: 'bios_release',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_family: 'product_family',
  product_name: 'product_name',
  product_sku: 'product_sku',
  product_version: 'product_version',
  sys_vendor: 'system_vendor',
};

const ofJson = labelTable((json) => JSON.parse(json) as Labels);
const ofTimeZone = labelTable((name) => ({ time_zone: name }));
const ofOs = labelTable((text) => {
  const [id = '', like = '', name = ''] = text.split('\n');
  return { id, id_like: like, name };
});

type Told = {
  readonly uname: Labels | null;
  readonly os: Labels | null;
  readonly osVersion: number;
  readonly zone: readonly [Labels, number] | null;
  readonly dmi: Labels | null;
  /** When the host booted, by its clock, seconds since the epoch; NaN: not told. */
  readonly bootedAt: number;
  readonly limits: readonly number[];
};

const nothing: Told = {
  uname: null,
  os: null,
  osVersion: Number.NaN,
  zone: null,
  dmi: null,
  bootedAt: Number.NaN,
  limits: [],
};

function toldIn(text: string): Told {
  const found = parts(text);
  const lines = (name: string): readonly string[] => found.get(name)?.lines ?? [];
  const [sysname, release, machine, nodename, version, domainname] = lines('uname').map((line) => line.slice(1).trim());
  const [date, uptime, zoneName = '', offset = ''] = words(found.get('date')?.head ?? '');
  const release_ = new Map(
    lines('os').flatMap((line) => {
      const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [[name.toLowerCase(), value.replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );
  const firmware = lines('dmi').flatMap((line) => {
    const [, name = '', value = ''] = /^\/sys\/class\/dmi\/id\/(\w+):(.*)$/.exec(line) ?? [];
    return dmiNames[name] === undefined ? [] : [[dmiNames[name], value.trim()] as const];
  });
  const major = /^(\d{1,6})(?:\.(\d{1,6}))?/.exec(release_.get('version_id') ?? '');
  return {
    uname:
      nodename === undefined || sysname === ''
        ? null
        : ({
            domainname: domainname || '(none)',
            machine,
            nodename,
            release,
            sysname,
            version: version ?? '',
          } as Labels),
    os: release_.size === 0 ? null : Object.fromEntries(osNames.map((name) => [name, release_.get(name) ?? ''])),
    osVersion: major === null ? Number.NaN : Number(major[2] === undefined ? major[1] : `${major[1]}.${major[2]}`),
    zone: zoneOf(zoneName, offset),
    dmi: firmware.length === 0 ? null : Object.fromEntries(firmware.sort(([a], [b]) => (a < b ? -1 : 1))),
    bootedAt: numeric(date) - numeric(uptime),
    limits: limitsIn(lines('dmi')),
  };
}

/** `CET +0100`. */
function zoneOf(name: string, offset: string): Told['zone'] {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(offset) ?? [];
  if (hours === undefined || !/^[A-Z0-9+-]{1,8}$/.test(name)) return null;
  return [ofTimeZone(name), (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60)];
}

function withoutText(told: Told): Told {
  const { uname, os, dmi } = told;
  // Of one distribution or model there are many hosts.
  const shared = (labels: Labels | null): Labels | null => labels && ofJson(JSON.stringify(labels));
  return { ...told, uname: uname && copied(bounded(uname)), os: shared(os), dmi: shared(dmi) };
}

function open(): NodeReader<null> {
  let told = nothing;
  return {
    heard(text) {
      told = text === '' ? nothing : withoutText(toldIn(text));
    },
    read({ files, uptimeSeconds }, { own, put }) {
      if (told.uname !== null) own(uname, told.uname, 1);
      if (told.os !== null) own(os, told.os, 1);
      if (told.os !== null)
        put(osVersion, ofOs(['id', 'id_like', 'name'].map((name) => told.os?.[name] ?? '').join('\n')), told.osVersion);
      if (told.zone !== null) put(zone, told.zone[0], told.zone[1]);
      if (told.dmi !== null) own(dmi, told.dmi, 1);
      putLimits(told.limits, put);
      const others = files.has('uname') ? bootSeconds(variables(files.get('sysctl') ?? '')) : null;
      if (others !== null) put(boot, noLabels, others);
      const whole = Number(/^\/proc\/stat:btime (\d{1,12})$/m.exec(files.get('/proc/stat') ?? '')?.[1] ?? Number.NaN);
      const bootedAt = Number.isNaN(told.bootedAt) ? (others ?? whole) : told.bootedAt;
      if (uptimeSeconds > 0) put(time, noLabels, bootedAt + uptimeSeconds);
    },
  };
}

const node: readonly NodeExport<null>[] = [
  { collector: 'uname', families: [uname], open },
  { collector: 'os', families: [os, osVersion] },
  { collector: 'dmi', families: [dmi] },
  { collector: 'time', families: [time, zone] },
  ...limitsNode,
];

/** The identity of a host, its clock and the limits of its kernel. Source: uname, os-release(5), /sys/class/dmi/id, date, /proc/sys/kernel. */
export const host = exportCollector({
  name: 'host',
  title: 'Host',
  shell: `echo "@$n uname"
for o in -s -r -m -n -v; do echo "=$(uname $o)"; done
read -r d </proc/sys/kernel/domainname && echo "=$d"
echo "@$n os"
cat /etc/os-release || cat /usr/lib/os-release
if [ "$O" = Linux ]; then
echo "@$n dmi"
grep -s '' /sys/class/dmi/id/bios_* /sys/class/dmi/id/board_[!s]* /sys/class/dmi/id/chassis_[!s]* /sys/class/dmi/id/product_[fn]* /sys/class/dmi/id/product_sku /sys/class/dmi/id/product_version /sys/class/dmi/id/sys_vendor ${limitFiles} /dev/null
read -r u k </proc/uptime
echo "@$n date $(date +%s.%N) $u $(date '+%Z %z')"
fi`,
  cadenceSeconds: 300,
  node,
});

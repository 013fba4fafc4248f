import type { Collector } from '../model/collector.ts';
import type { SystemFacts } from '../model/facts.ts';
import { parts } from './text.ts';

/**
 * What a host is: names, kernel, distribution, processor, virtualisation, clock.
 * Source: uname, /etc/os-release (os-release(5)), /proc/cpuinfo, systemd-detect-virt or DMI, date.
 */
export const system: Collector<SystemFacts> = {
  name: 'system',
  files: [],
  shell: `echo "@date $(date '+%s %z')"
echo "@uname $(uname -srm)"
echo "@hostname $(hostname || cat /proc/sys/kernel/hostname)"
echo "@os"
cat /etc/os-release || cat /usr/lib/os-release
echo "@cpu"
grep -m 1 -i -E '^(model name|hardware|cpu model|processor.*[a-z]{3})' /proc/cpuinfo
echo "@virt $(systemd-detect-virt)"
echo "@dmi $(cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name | tr '\\n' ' ')"
grep -q -w hypervisor /proc/cpuinfo && echo "@hypervisor"
[ -e /.dockerenv ] && echo "@docker"
:`,
  cadenceSeconds: 3600,
  parse: ({ text, at }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const head = (name: string): string | null => found.get(name)?.head || null;
    const uname = /^(\S+) (\S+) (\S+)$/.exec(head('uname') ?? '');
    if (uname === null) throw new Error('uname printed nothing that is known');
    const os = osRelease(found.get('os')?.lines ?? []);
    const [seconds, zone = null] = (head('date') ?? '').split(' ');
    const hostSeconds = /^\d{1,15}$/.test(seconds ?? '') ? Number(seconds) : null;
    return {
      source: 'uname',
      facts: {
        hostname: head('hostname'),
        kernel: `${uname[1]} ${uname[2]}`,
        os: os.get('PRETTY_NAME') ?? os.get('NAME') ?? null,
        osId: os.get('ID') ?? null,
        osVersion: os.get('VERSION_ID') ?? null,
        architecture: uname[3] ?? null,
        virtualisation: virtualisationOf(head('virt'), head('dmi'), found.has('docker'), found.has('hypervisor')),
        cpuModel:
          found
            .get('cpu')
            ?.lines[0]?.replace(/^[^:]*:\s*/, '')
            .trim() ?? null,
        clockOffsetSeconds: hostSeconds === null ? null : hostSeconds - Math.floor(at / 1000),
        timeZone: zone,
      },
    };
  },
  metrics: {
    clock_offset_seconds: {
      kind: 'gauge',
      unit: 'seconds',
      help: "The host's clock minus Sonde's",
      read: (facts) => facts.clockOffsetSeconds,
    },
  },
};

function osRelease(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const match = /^([A-Z_]+)=(.*)$/.exec(line);
      return match ? [[match[1] ?? '', (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')] as const] : [];
    }),
  );
}

function virtualisationOf(
  virt: string | null,
  dmi: string | null,
  docker: boolean,
  hypervisor: boolean,
): string | null {
  if (virt !== null && /^[a-z0-9-]+$/.test(virt)) return virt === 'none' ? null : virt;
  if (docker) return 'docker';
  const vendors = [/kvm|qemu/i, /vmware/i, /virtualbox/i, /xen/i, /microsoft.*virtual/i, /amazon ec2/i, /google/i];
  const names = ['kvm', 'vmware', 'oracle', 'xen', 'microsoft', 'amazon', 'google'];
  const index = vendors.findIndex((vendor) => vendor.test(dmi ?? ''));
  return names[index] ?? (hypervisor ? 'vm' : null);
}

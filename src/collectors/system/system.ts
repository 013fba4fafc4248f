import type { Collector } from '../../model/collector.ts';
import { variablesOf } from '../shared/bsd.ts';
import { parts } from '../shared/text.ts';
import { bsdMachine, bsdOs, bsdProcessor, bsdVirtualisation } from './bsd-system.ts';
import type { SystemFacts } from './facts.ts';
import { processorOf } from './processor.ts';
import { systemSchema, systemView } from './view.ts';

/**
 * The identity of a host: names, kernel, distribution, processor, virtualisation, clock. Source: uname, /etc/os-release
 * (os-release(5)), /proc/cpuinfo or lscpu (processor.ts), systemd-detect-virt or DMI, date,
 * /run/reboot-required; elsewhere sysctl and
 * sw_vers (bsd-system.ts).
 */
export const system: Collector<SystemFacts, 'system'> = {
  name: 'system',
  title: 'System',
  files: [],
  shell: `echo "@$n date $(date '+%s %z')"
echo "@$n uname $(uname -snrm)"
[ ! -e /run/reboot-required ] && [ ! -e /var/run/reboot-required ] || echo "@$n reboot"
echo "@$n os"
cat /etc/os-release || cat /usr/lib/os-release
echo "@$n cpu"
grep -i -E '^((model name|model|hardware|cpu model|cpu|cpu part|cpu implementer|uarch|system type)[[:space:]]*:|processor.*(machine =|: *[a-z]{3}))' /proc/cpuinfo | sort -u | head -n 40
grep -q -i '^model name' /proc/cpuinfo || lscpu | grep -E '^ *(BIOS )?Model name:'
echo "@$n vm $(systemd-detect-virt -v)"
echo "@$n dmi $(cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name | tr '\\n' ' ')"
grep -q -w hypervisor /proc/cpuinfo && echo "@$n hypervisor"
echo "@$n pidns $(readlink /proc/self/ns/pid)"
c=
read -r c </run/systemd/container ||
if [ -e /run/.containerenv ]; then c=podman
elif [ -e /.dockerenv ]; then c=docker
else c=$(tr '\\000' '\\n' </proc/1/environ | grep '^container=')
fi
echo "@$n container \${c#container=}"
if [ "$O" != Linux ]; then
echo "@$n sysctl"
sysctl hw.model hw.vendor hw.product kern.vm_guest kern.hv_vmm_present security.jail.jailed machdep.cpu.brand_string machdep.cpu_brand machdep.dmi.system-vendor machdep.dmi.system-product
echo "@$n sw_vers"
sw_vers
fi`,
  cadenceSeconds: 3600,
  parse: ({ text, at }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const head = (name: string): string | null => found.get(name)?.head || null;
    const uname = /^(\S+) (\S+) (\S+) (\S+)$/.exec(head('uname') ?? '');
    if (uname === null) throw new Error('uname printed nothing usable');
    const other = variablesOf(found.get('sysctl')?.lines ?? []);
    const named = osRelease(found.get('os')?.lines ?? []);
    const os = named.size > 0 ? named : bsdOs(uname[1], uname[3], found.get('sw_vers')?.lines ?? []);
    const [seconds, zone = null] = (head('date') ?? '').split(' ');
    const hostSeconds = /^\d{1,15}$/.test(seconds ?? '') ? Number(seconds) : null;
    return {
      source: 'uname',
      facts: {
        hostname: uname[2] ?? null,
        kernel: uname[3] ?? null,
        kernelName: uname[1] ?? null,
        os: os.get('PRETTY_NAME') ?? os.get('NAME') ?? null,
        osId: os.get('ID') ?? null,
        osVersion: os.get('VERSION_ID') ?? null,
        architecture: uname[4] ?? null,
        virtualisation:
          containerOf(head('container'), head('pidns')) ??
          bsdVirtualisation(other) ??
          machineOf(head('vm'), head('dmi') ?? bsdMachine(other), found.has('hypervisor'), uname[4]),
        cpuModel: bsdProcessor(other, uname[1]) ?? processorOf(found.get('cpu')?.lines ?? []),
        clockOffsetSeconds: hostSeconds === null ? null : hostSeconds - Math.floor(at / 1000),
        timeZone: zone,
        rebootRequired: found.has('reboot'),
      },
    };
  },
  view: { schema: systemSchema, of: systemView },
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

/**
 * The container that the host is; null if it is a machine. Virtual machines made from container images contain the
 * files of containers, too, so the number of the kernel's first process namespace (PROC_PID_INIT_INO) decides.
 */
function containerOf(name: string | null, processNamespace: string | null): string | null {
  if (processNamespace === 'pid:[4026531836]') return null;
  const word = name !== null && /^[a-z0-9-]+$/.test(name) ? name : null;
  return word ?? (processNamespace === null ? null : 'container');
}

/** These vendors also sell bare metal; on x86 a virtual machine has the processor flag `hypervisor`. */
function machineOf(vm: string | null, dmi: string | null, hypervisor: boolean, architecture?: string): string | null {
  if (vm !== null && /^[a-z0-9-]+$/.test(vm)) return vm === 'none' ? null : vm;
  if (!hypervisor && /^(x86_64|i\d86)$/.test(architecture ?? '')) return null;
  const index = vendors.findIndex(([, vendor]) => vendor.test(dmi ?? ''));
  return vendors[index]?.[0] ?? (hypervisor ? 'vm' : null);
}

/** Names as in systemd-detect-virt, from vendor and product in DMI. */
const vendors: readonly (readonly [string, RegExp])[] = [
  ['kvm', /kvm|qemu/i],
  ['vmware', /vmware/i],
  ['oracle', /virtualbox/i],
  ['xen', /xen/i],
  ['microsoft', /microsoft.*virtual/i],
  ['amazon', /amazon ec2/i],
  ['google', /google compute engine/i],
];

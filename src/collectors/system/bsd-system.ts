type Variables = ReadonlyMap<string, string>;

/**
 * What /etc/os-release would contain on a system without one, under the same names; empty for an unknown system.
 * Source: `sw_vers` of macOS (`ProductName: macOS`), uname of the others (`FreeBSD`, `12.4-RELEASE`).
 */
export function bsdOs(system = '', release = '', swVers: readonly string[] = []): Variables {
  const told = new Map(swVers.map((line) => [line.split(':')[0] ?? '', line.replace(/^[^:]*:\s*/, '').trim()]));
  const mac = told.get('ProductVersion');
  if (system === 'Darwin' && mac) return named(told.get('ProductName') || 'macOS', 'macos', mac, mac);
  if (!/^(FreeBSD|OpenBSD|NetBSD)$/.test(system)) return new Map();
  return named(system, system.toLowerCase(), release, release.replace(/-.*$/, ''));
}

function named(name: string, id: string, release: string, version: string): Variables {
  return new Map([
    ['PRETTY_NAME', `${name} ${release}`],
    ['ID', id],
    ['VERSION_ID', version],
  ]);
}

/** The processor's name. On macOS hw.model is the model of the machine. */
export function bsdProcessor(told: Variables, system: string | undefined): string | null {
  const names = ['machdep.cpu.brand_string', 'machdep.cpu_brand', ...(system === 'Darwin' ? [] : ['hw.model'])];
  const found = names.map((name) => told.get(name)).find((value) => value !== undefined && value !== '');
  return found ?? null;
}

/** Vendor and product of the machine, if the system reports them without DMI's files. */
export function bsdMachine(told: Variables): string | null {
  const of = (...names: string[]): string => names.map((name) => told.get(name) ?? '').join(' ');
  return of('hw.vendor', 'hw.product', 'machdep.dmi.system-vendor', 'machdep.dmi.system-product').trim() || null;
}

/** A jail, or the hypervisor as systemd-detect-virt names it; null if the system does not say that it is a guest. */
export function bsdVirtualisation(told: Variables): string | null {
  if (told.get('security.jail.jailed') === '1') return 'jail';
  if (told.get('kern.hv_vmm_present') === '1') return 'vm';
  const guest = told.get('kern.vm_guest');
  if (guest === undefined || guest === 'none' || !/^[a-z]+$/.test(guest)) return null;
  return { hv: 'microsoft', vbox: 'oracle', generic: 'vm' }[guest] ?? guest;
}

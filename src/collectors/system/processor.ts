/**
 * The processor's name from the lines of /proc/cpuinfo, which differ on every architecture, and of lscpu; null if they
 * have none. Lines come in any order, each once. Source: arch/*\/kernel of Linux (show_cpuinfo, c_show), lscpu(1).
 */
export function processorOf(lines: readonly string[]): string | null {
  const told = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (value === '' || value === '-') continue;
    const values = told.get(name);
    if (values === undefined) told.set(name, [value]);
    else values.push(value);
  }
  const first = (name: string): string | null => told.get(name)?.[0] ?? null;
  const board = boardOf(first('model'));
  const named =
    // x86, LoongArch; in lscpu also ARM, whose table there is longer than ours.
    joined(told.get('model name')) ??
    armName(told) ??
    // POWER, SPARC, m68k.
    first('cpu')?.replace(/,? *(altivec supported|\(raw\)).*$/i, '') ??
    mainframeName(lines) ??
    // RISC-V, MIPS, Alpha, old ARM.
    first('uarch') ??
    first('cpu model') ??
    oldArmName(told.get('processor')) ??
    first('system type') ??
    first('hardware');
  if (named === null) return board;
  return board === null || named.includes(board) ? named : `${named} (${board})`;
}

/** `Raspberry Pi 4 Model B Rev 1.4`; on x86 the line contains a number. */
function boardOf(model: string | null): string | null {
  return model !== null && /[a-z]{3}/i.test(model) ? model : null;
}

/** The kinds of cores: `Cortex-A53 + Cortex-A72`. Those that are not in the table are named by their numbers. */
function armName(told: ReadonlyMap<string, readonly string[]>): string | null {
  const [implementer] = told.get('cpu implementer') ?? [];
  const parts = told.get('cpu part');
  if (implementer === undefined || parts === undefined) return null;
  const maker = makers[implementer.toLowerCase()];
  const names = parts.map((part) => {
    const known = maker?.parts[part.toLowerCase()];
    return known ?? `${maker?.name ?? `implementer ${implementer}`} part ${part}`;
  });
  return joined(names);
}

/** Each name once; machines with several kinds of cores have several. */
function joined(names: readonly string[] | undefined): string | null {
  return names === undefined ? null : [...new Set(names)].sort().join(' + ');
}

/** `processor 0: version = FF,  identification = 0618E8,  machine = 8561`. */
function mainframeName(lines: readonly string[]): string | null {
  const machine = lines.map((line) => /\bmachine = (\d{4})\b/.exec(line)?.[1]).find((one) => one !== undefined);
  if (machine === undefined) return null;
  const model = mainframes[machine];
  return model === undefined ? `IBM/S390 machine ${machine}` : `IBM ${model} (machine ${machine})`;
}

/** `Processor : ARMv7 Processor rev 4 (v7l)`; elsewhere the line contains a number. */
function oldArmName(values: readonly string[] | undefined): string | null {
  return values?.find((value) => /[a-z]{3}/i.test(value)) ?? null;
}

/** Source: IBM's machine types, as lscpu and /proc/sysinfo print them. */
const mainframes: Readonly<Record<string, string>> = {
  2817: 'z196',
  2818: 'z114',
  2827: 'zEC12',
  2828: 'zBC12',
  2964: 'z13',
  2965: 'z13s',
  3906: 'z14',
  3907: 'z14 ZR1',
  8561: 'z15',
  8562: 'z15 T02',
  3931: 'z16',
  3932: 'z16 A02',
  9175: 'z17',
};

/** Implementers and part numbers of MIDR_EL1. Source: ARM's technical reference manuals, Linux asm/cputype.h. */
const makers: Readonly<Record<string, { readonly name: string; readonly parts: Readonly<Record<string, string>> }>> = {
  '0x41': {
    name: 'ARM',
    parts: {
      '0x926': 'ARM926',
      '0xb76': 'ARM1176',
      '0xc05': 'Cortex-A5',
      '0xc07': 'Cortex-A7',
      '0xc08': 'Cortex-A8',
      '0xc09': 'Cortex-A9',
      '0xc0d': 'Cortex-A17',
      '0xc0e': 'Cortex-A17',
      '0xc0f': 'Cortex-A15',
      '0xd01': 'Cortex-A32',
      '0xd02': 'Cortex-A34',
      '0xd03': 'Cortex-A53',
      '0xd04': 'Cortex-A35',
      '0xd05': 'Cortex-A55',
      '0xd06': 'Cortex-A65',
      '0xd07': 'Cortex-A57',
      '0xd08': 'Cortex-A72',
      '0xd09': 'Cortex-A73',
      '0xd0a': 'Cortex-A75',
      '0xd0b': 'Cortex-A76',
      '0xd0c': 'Neoverse-N1',
      '0xd0d': 'Cortex-A77',
      '0xd0e': 'Cortex-A76AE',
      '0xd40': 'Neoverse-V1',
      '0xd41': 'Cortex-A78',
      '0xd44': 'Cortex-X1',
      '0xd46': 'Cortex-A510',
      '0xd47': 'Cortex-A710',
      '0xd48': 'Cortex-X2',
      '0xd49': 'Neoverse-N2',
      '0xd4a': 'Neoverse-E1',
      '0xd4b': 'Cortex-A78C',
      '0xd4d': 'Cortex-A715',
      '0xd4e': 'Cortex-X3',
      '0xd4f': 'Neoverse-V2',
      '0xd80': 'Cortex-A520',
      '0xd81': 'Cortex-A720',
      '0xd82': 'Cortex-X4',
      '0xd84': 'Neoverse-V3',
      '0xd8e': 'Neoverse-N3',
    },
  },
  '0x43': { name: 'Cavium', parts: { '0x0a1': 'ThunderX', '0x0af': 'ThunderX2', '0x0b8': 'ThunderX3' } },
  '0x46': { name: 'Fujitsu', parts: { '0x001': 'A64FX' } },
  '0x48': { name: 'HiSilicon', parts: { '0xd01': 'Kunpeng-920', '0xd02': 'Kunpeng-920B' } },
  '0x4e': { name: 'NVIDIA', parts: { '0x003': 'Denver 2', '0x004': 'Carmel' } },
  '0x50': { name: 'Applied Micro', parts: { '0x000': 'X-Gene' } },
  '0x51': { name: 'Qualcomm', parts: { '0x800': 'Kryo 2xx Gold', '0x801': 'Kryo 2xx Silver', '0xc00': 'Falkor' } },
  '0x61': { name: 'Apple', parts: { '0x022': 'Icestorm (M1)', '0x023': 'Firestorm (M1)' } },
  '0xc0': { name: 'Ampere', parts: { '0xac3': 'Ampere-1', '0xac4': 'Ampere-1a', '0xac5': 'Ampere-1b' } },
};

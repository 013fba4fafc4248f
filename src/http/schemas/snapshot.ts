import Type, { type TProperties } from 'typebox';
import { count, failure, hops, nullable, number, problem, text, time } from './common.ts';

const percent = nullable(Type.Number({ minimum: 0, maximum: 100 }));
const bytes = nullable(count);
const textOrNull = nullable(text);
const numberOrNull = nullable(number);
const pressure = nullable(
  Type.Object(
    { some10: number, full10: numberOrNull },
    { description: 'Share of the last 10 s in which something waited, 0…1' },
  ),
);

export const status = Type.Object({
  status: Type.Enum(['online', 'offline']),
  lastChecked: time,
  since: time,
  failure: nullable(failure),
  stale: Type.Boolean({ description: 'The way to the host is broken: the status is what it was before' }),
});

export const statusWithHops = Type.Object({ ...status.properties, hops });

export const statuses = Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), status, {
  description: "By the host's id",
});

const cpu = Type.Object({
  percent,
  cores: nullable(count),
  load: nullable(Type.Array(number, { minItems: 3, maxItems: 3, description: 'Of 1, 5 and 15 minutes' })),
  breakdown: nullable(Type.Record(text, percent)),
  perCore: Type.Array(Type.Object({ core: count, percent })),
  pressure,
});

const memory = Type.Object({
  percent,
  usedGiB: numberOrNull,
  totalGiB: numberOrNull,
  usedBytes: bytes,
  totalBytes: bytes,
  availableBytes: bytes,
  freeBytes: bytes,
  buffersBytes: bytes,
  cachedBytes: bytes,
  zfsCacheBytes: bytes,
  availableIsEstimate: nullable(Type.Boolean()),
  swap: nullable(Type.Object({ totalBytes: count, usedBytes: count })),
  pressure,
});

const filesystem = Type.Object({
  filesystem: text,
  type: textOrNull,
  mount: text,
  percent,
  usedHuman: text,
  totalHuman: text,
  availableHuman: text,
  usedBytes: count,
  totalBytes: count,
  availableBytes: count,
  inodesTotal: bytes,
  inodesUsed: bytes,
  label: Type.Optional(Type.String({ description: 'Of a monitored mount' })),
});

const device = Type.Object({
  device: text,
  readBytes: number,
  writtenBytes: number,
  reads: number,
  writes: number,
  ioMs: number,
  readBytesPerSecond: numberOrNull,
  writtenBytesPerSecond: numberOrNull,
  readsPerSecond: numberOrNull,
  writesPerSecond: numberOrNull,
  busyRatio: numberOrNull,
});

const disk = Type.Object(
  {
    percent,
    usedHuman: textOrNull,
    totalHuman: textOrNull,
    availableHuman: textOrNull,
    mount: textOrNull,
    filesystems: Type.Array(filesystem),
    devices: Type.Array(device),
    pressure,
  },
  { description: 'First the root file system, or else the fullest' },
);

const networkInterface = Type.Object({
  name: text,
  ip: text,
  state: text,
  rxBytes: textOrNull,
  txBytes: textOrNull,
  rxRateBps: nullable(Type.Number({ description: 'Bytes a second' })),
  txRateBps: nullable(Type.Number({ description: 'Bytes a second' })),
  addresses: Type.Array(text),
  rxPackets: numberOrNull,
  txPackets: numberOrNull,
  rxErrors: numberOrNull,
  txErrors: numberOrNull,
  rxDropped: numberOrNull,
  txDropped: numberOrNull,
});

const process = Type.Object({
  pid: text,
  user: text,
  cpu: Type.String({ description: 'Percent of one core' }),
  mem: Type.String({ description: 'Percent' }),
  command: text,
  residentBytes: number,
  state: text,
});

const processes = Type.Object({
  total: bytes,
  running: bytes,
  top: Type.Array(process),
  topMemory: Type.Array(process),
  sleeping: bytes,
  blocked: bytes,
  zombie: bytes,
  stopped: bytes,
  threads: bytes,
});

const system = Type.Object({
  hostname: textOrNull,
  kernel: Type.Union([Type.String({ description: 'Its release, as `uname -r` prints it' }), Type.Null()]),
  kernelName: Type.Union([Type.String({ description: 'The system, as `uname -s` prints it' }), Type.Null()]),
  os: textOrNull,
  osId: textOrNull,
  osVersion: textOrNull,
  architecture: textOrNull,
  virtualisation: textOrNull,
  cpuModel: textOrNull,
  clockOffsetSeconds: numberOrNull,
  timeZone: textOrNull,
});

function login(outcome: string) {
  return Type.Object({ user: text, ip: text, time: text, terminal: textOrNull, status: Type.Literal(outcome) });
}

const port = Type.Object({
  protocol: Type.Enum(['tcp', 'udp']),
  localAddress: text,
  localPort: count,
  state: Type.Optional(text),
  pid: Type.Optional(count),
  process: Type.Optional(text),
});

const optionalText = Type.Optional(text);
const rule = Type.Object({
  chain: text,
  target: text,
  protocol: text,
  source: text,
  destination: text,
  dport: optionalText,
  sport: optionalText,
  state: optionalText,
  interface: optionalText,
  extra: optionalText,
});

const firewall = Type.Object({
  type: Type.Enum(['iptables', 'nftables', 'none']),
  status: Type.Enum(['active', 'inactive', 'unknown']),
  chains: Type.Array(Type.Object({ family: text, table: text, name: text, policy: text, rules: Type.Array(rule) })),
  frontend: textOrNull,
});

const section = Type.Object({
  collectedAt: nullable(time),
  parts: Type.Optional(
    Type.Record(text, time, { description: 'When each part was read, where its parts are read at different times' }),
  ),
  source: textOrNull,
  error: nullable(Type.Object({ reason: text, message: text, hint: text })),
  leftOut: Type.Optional(
    Type.Record(text, count, { description: 'How many entries of its lists the part does not hold, by the list' }),
  ),
});

const parts = {
  cpu,
  memory,
  disk,
  network: Type.Object({ interfaces: Type.Array(networkInterface) }),
  uptime: Type.Object({ seconds: bytes, formatted: textOrNull, bootId: textOrNull }),
  processes,
  system,
  login_stats: Type.Object({
    recentLogins: Type.Array(login('success')),
    failedLogins: Type.Array(login('failed')),
    totalLogins: count,
    uniqueIPs: count,
  }),
  ports: Type.Object({ source: Type.Enum(['ss', 'netstat', 'none']), ports: Type.Array(port) }),
  firewall,
  temperature: Type.Object({
    source: Type.Enum(['sysfs', 'sensors', 'none']),
    highestCelsius: numberOrNull,
    sensors: Type.Array(Type.Object({ label: text, celsius: number })),
  }),
  sections: Type.Object(
    {},
    { additionalProperties: section, description: 'Of every part: when it was collected, how, or why not' },
  ),
  failure: nullable(failure),
  hops,
} satisfies TProperties;

export const snapshot = Type.Object({ ...parts, lastChecked: time });

/** What stands for a snapshot where there is none: every field, null. */
export const noSnapshot = Type.Object({ ...problem.properties, ...parts, lastChecked: nullable(time) });

/** The series of a host with names, labels and numbers of every kind. */
import type { Family, HostSeries } from '../../src/model/export/series.ts';

export const load: Family = { name: 'node_load1', type: 'gauge', help: 'Load average over 1 minute.' };
const cpu: Family = { name: 'node_cpu_seconds_total', type: 'counter', help: 'Seconds a CPU spent in a mode.' };
const odd: Family = { name: 'node_odd', type: 'counter', help: 'A "back\\slash"\nand a break' };
const netstat: Family = { name: 'node_netstat_Tcp_InSegs', type: 'untyped', help: 'Statistic TcpInSegs.' };

export const web: HostSeries = {
  at: 1_764_498_000_123,
  layout: {
    series: [
      { family: cpu, labels: { cpu: '0', mode: 'idle' } },
      { family: cpu, labels: { cpu: '0', mode: 'user' } },
      { family: load, labels: {} },
      { family: netstat, labels: {} },
      { family: odd, labels: { path: 'C:\\x "y"\nz' } },
    ],
  },
  values: new Float64Array([1234.56, 1e21, 0.1, 2 ** 53, Number.NaN]),
  own: [],
  cut: new Map(),
};

export const uname: Family = { name: 'node_uname_info', type: 'gauge', help: 'Labeled system information.' };
const dmi: Family = { name: 'node_dmi_info', type: 'gauge', help: 'A machine.' };
export const named: HostSeries = {
  ...web,
  own: [
    { family: dmi, labels: { serial: '7' }, value: 1 },
    { family: dmi, labels: { serial: '8' }, value: 1 },
    { family: uname, labels: { nodename: 'web' }, value: 1 },
  ],
};

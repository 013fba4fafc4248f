import { expect, test } from 'vitest';
import { readMessage, readMetadata } from '../../../test/support/read-write-request.ts';
import type { Family, Labels, SeriesLayout } from '../../model/export/series.ts';
import type { Target } from './series-body.ts';
import { WriteRequest } from './write-request.ts';

const family = (name: string): Family => ({ name, type: 'gauge', help: '' });
const targetOf = (labels: Labels): Target => ({ labels, hostName: 'web', startedAt: null });
const layout: SeriesLayout = {
  series: [
    { family: family('node_cpu_seconds_total'), labels: { cpu: '0', mode: 'idle' } },
    { family: family('node_load1'), labels: {} },
    { family: family('node_network_up'), labels: { zone: 'ä"\\' } },
  ],
};

test('labels are sorted, whatever those of the series and of the host are called', () => {
  const request = new WriteRequest();
  const common = targetOf({ job: 'node', instance: 'web', a: '1', z: '9', empty: '' });
  request.addHost({ layout, values: new Float64Array([1.5, -0, 3e300]), own: [] }, common, 1_796_035_352_905);
  request.add(family('up'), { k: 'v' }, common, 1, 1_796_035_352_905);
  expect(request.samples).toBe(4);
  const at = 1_796_035_352_905;
  expect([...readMessage(request.finish())]).toEqual([
    ['node_cpu_seconds_total{a="1",cpu="0",instance="web",job="node",mode="idle",z="9"}', [{ at, value: 1.5 }]],
    ['node_load1{a="1",instance="web",job="node",z="9"}', [{ at, value: -0 }]],
    ['node_network_up{a="1",instance="web",job="node",z="9",zone="ä"\\"}', [{ at, value: 3e300 }]],
    ['up{a="1",instance="web",job="node",k="v",z="9"}', [{ at, value: 1 }]],
  ]);
});

test('a label of the series itself wins over one that all have', () => {
  const request = new WriteRequest();
  const common = targetOf({ instance: 'web', mode: 'mine', zone: 'b' });
  request.addHost({ layout, values: new Float64Array([1, 2, 3]), own: [] }, common, 1);
  request.add(family('x'), { mode: 'own' }, common, 4, 1);
  expect([...readMessage(request.finish()).keys()]).toEqual([
    'node_cpu_seconds_total{cpu="0",instance="web",mode="idle",zone="b"}',
    'node_load1{instance="web",mode="mine",zone="b"}',
    'node_network_up{instance="web",mode="mine",zone="ä"\\"}',
    'x{instance="web",mode="own",zone="b"}',
  ]);
});

test('hosts of one layout have their own labels, also of other lengths, and their own series', () => {
  const request = new WriteRequest();
  for (const instance of ['a', 'ein-längerer-name'.repeat(20)]) {
    const own = [{ family: family('node_uname_info'), labels: { nodename: instance }, value: 1 }];
    request.addHost({ layout, values: new Float64Array([1, 2, 3]), own }, targetOf({ instance }), 7);
  }
  const found = readMessage(request.finish());
  expect(found.size).toBe(8);
  expect(found.get('node_load1{instance="a"}')).toEqual([{ at: 7, value: 2 }]);
  expect([...found.keys()].at(-1)).toContain('node_uname_info{instance="ein-längerer-name');
});

test('the end of series is the marker that receivers know, and no other not-a-number is', () => {
  const request = new WriteRequest();
  const common = targetOf({ instance: 'web' });
  request.addHost({ layout, values: new Float64Array(), own: [] }, common, 1, true);
  request.add(family('up'), {}, common, Number.NaN, 1);
  expect([...readMessage(request.finish()).values()].map(([sample]) => sample?.value)).toEqual([
    'stale',
    'stale',
    'stale',
    Number.NaN,
  ]);
});

test('a body of many series is as long as it has to be', () => {
  const request = new WriteRequest();
  const many: SeriesLayout = {
    series: Array.from({ length: 3_000 }, (_, index) => ({ family: family('x'), labels: { i: String(index) } })),
  };
  request.addHost({ layout: many, values: new Float64Array(3_000), own: [] }, targetOf({ instance: 'web' }), 1);
  expect(readMessage(request.finish()).size).toBe(3_000);
});

test('types and helps are told apart from samples', () => {
  const request = new WriteRequest();
  expect(request.isEmpty).toBe(true);
  request.describe([
    { name: 'node_x_total', type: 'counter', help: 'How often “x” was' },
    { name: 'node_y', type: 'untyped', help: '' },
  ]);
  expect([request.isEmpty, request.samples]).toEqual([false, 0]);
  const body = request.finish();
  expect(readMessage(body).size).toBe(0);
  expect(readMetadata(body)).toEqual([
    { name: 'node_x_total', type: 1, help: 'How often “x” was' },
    { name: 'node_y', type: 0, help: '' },
  ]);
});

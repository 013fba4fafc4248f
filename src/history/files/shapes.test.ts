import { expect, test } from 'vitest';
import { DamagedError } from '../codec/bytes.ts';
import { packBytes } from '../codec/seal.ts';
import { packShape, Shapes } from './shapes.ts';

const series = { metric: 'cpu_ratio', labels: { core: '0' }, unit: 'ratio', step: 0.0001 };
const packed = (value: unknown) => () => packBytes(Buffer.from(JSON.stringify(value)), 3);

test('a shape comes back as it was written', () => {
  const shape = new Shapes().of([new Shapes().series(series)]);
  expect(new Shapes().byId(shape.id, () => packShape(shape)).series).toMatchObject([series]);
});

const { labels: _labels, ...unlabelled } = series;

test.each(
  [
    {},
    null,
    7,
    [null],
    [{}],
    [{ ...series, step: '1' }],
    [{ ...series, labels: { core: 1 } }],
    [unlabelled],
    Array.from({ length: 5_000 }, () => series),
  ].map((value) => ({ value })),
)('a shape whose content is something else is damaged, whatever it is', ({ value }) => {
  expect(() => new Shapes().byId(1, packed(value))).toThrow(DamagedError);
});

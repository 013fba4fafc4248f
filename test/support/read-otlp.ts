/** Reads bodies of OTLP, by the numbers that metrics.proto, resource.proto and common.proto of opentelemetry-proto 1 give. */
import { PbfReader } from 'pbf';

export type OtlpPoint = {
  readonly attributes: Readonly<Record<string, string>>;
  /** ns since the epoch; 0: not said. */
  readonly start: bigint;
  readonly at: bigint;
  readonly value: number | 'stale';
};
export type OtlpMetric = {
  name: string;
  description: string;
  unit: string;
  kind: 'gauge' | 'sum' | '';
  temporality: number;
  isMonotonic: boolean;
  readonly points: OtlpPoint[];
};
export type OtlpResource = { attributes: Record<string, string>; readonly metrics: OtlpMetric[] };

/** What a body that is not compressed says, resource by resource. Throws for a field that is not in the protocol. */
export function readOtlp(bytes: Uint8Array): readonly OtlpResource[] {
  const resources: OtlpResource[] = [];
  eachField(bytes, {
    1: (resource) => {
      const one: OtlpResource = { attributes: {}, metrics: [] };
      eachField(resource, {
        1: (attributes) => eachField(attributes, { 1: (pair) => addPair(pair, one.attributes) }),
        2: (scope) => eachField(scope, { 2: (metric) => one.metrics.push(readMetric(metric)) }),
      });
      resources.push(one);
    },
  });
  return resources;
}

type Field = (bytes: Uint8Array, pbf: PbfReader) => void;

/** Hands each field of a message to what reads it. Those with a length are handed over as their bytes. */
function eachField(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const pbf = new PbfReader(bytes);
  pbf.readFields((tag, _into, at) => {
    const field = fields[tag];
    if (field === undefined) throw new Error(`there is no field ${tag}`);
    field(at.type === 2 ? at.readBytes() : new Uint8Array(), at);
  }, null);
  if (pbf.pos !== bytes.length) throw new Error('the message ends too early');
}

function readMetric(bytes: Uint8Array): OtlpMetric {
  const metric: OtlpMetric = {
    name: '',
    description: '',
    unit: '',
    kind: '',
    temporality: 0,
    isMonotonic: false,
    points: [],
  };
  const points: Field = (point) => metric.points.push(readPoint(point));
  eachField(bytes, {
    1: (text) => {
      metric.name = textOf(text);
    },
    2: (text) => {
      metric.description = textOf(text);
    },
    3: (text) => {
      metric.unit = textOf(text);
    },
    5: (gauge) => {
      metric.kind = 'gauge';
      eachField(gauge, { 1: points });
    },
    7: (sum) => {
      metric.kind = 'sum';
      eachField(sum, {
        1: points,
        2: (_bytes, pbf) => {
          metric.temporality = pbf.readVarint();
        },
        3: (_bytes, pbf) => {
          metric.isMonotonic = pbf.readBoolean();
        },
      });
    },
  });
  return metric;
}

function readPoint(bytes: Uint8Array): OtlpPoint {
  const attributes: Record<string, string> = {};
  let [start, at]: [bigint, bigint] = [0n, 0n];
  let value: OtlpPoint['value'] | null = null;
  eachField(bytes, {
    2: (_bytes, pbf) => {
      start = fixed64(pbf);
    },
    3: (_bytes, pbf) => {
      at = fixed64(pbf);
    },
    4: (_bytes, pbf) => {
      value = pbf.readDouble();
    },
    7: (pair) => addPair(pair, attributes),
    8: (_bytes, pbf) => {
      if (pbf.readVarint() === 1) value = 'stale';
    },
  });
  if (value === null) throw new Error('a point has no value');
  return { attributes, start, at, value };
}

function addPair(bytes: Uint8Array, into: Record<string, string>): void {
  let [key, value] = ['', ''];
  eachField(bytes, {
    1: (text) => {
      key = textOf(text);
    },
    2: (any) =>
      eachField(any, {
        1: (text) => {
          value = textOf(text);
        },
      }),
  });
  if (key in into) throw new Error(`the attribute ${key} is there twice`);
  into[key] = value;
}

function fixed64(pbf: PbfReader): bigint {
  const value = pbf.dataView.getBigUint64(pbf.pos, true);
  pbf.pos += 8;
  return value;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

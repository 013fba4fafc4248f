/** Reads bodies of remote write, as a receiver does. */
import { PbfReader } from 'pbf';
import { uncompressSync } from 'snappy';

/** `up{instance="web"}` → its samples in the order in which they came; `stale` for the marker that ends a series. */
export type Received = Map<string, { readonly at: number; readonly value: number | 'stale' }[]>;

const staleBits = 0x7ff0000000000002n;

/** Adds what a compressed body has. Throws where the labels of a series are not sorted, or occur twice. */
export function readWriteRequest(body: Uint8Array, into: Received = new Map()): Received {
  return readMessage(uncompressSync(Buffer.from(body)) as Buffer, into);
}

/** The same for a body that is not compressed. */
export function readMessage(bytes: Uint8Array, into: Received = new Map()): Received {
  new PbfReader(bytes).readFields((tag, all, pbf) => {
    if (tag !== 1) return;
    const end = pbf.readVarint() + pbf.pos;
    const labels: [string, string][] = [];
    const samples: { at: number; value: number | 'stale' }[] = [];
    pbf.readFields(
      (field) => {
        if (field === 1) labels.push(readLabel(pbf));
        if (field === 2) samples.push(readSample(pbf));
      },
      null,
      end,
    );
    const names = labels.map(([name]) => name);
    if (names.join() !== [...new Set(names)].toSorted().join())
      throw new Error(`labels are not sorted: ${names.join()}`);
    const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
    const rest = labels.filter(([label]) => label !== '__name__').map(([label, value]) => `${label}="${value}"`);
    const key = `${name}{${rest.join(',')}}`;
    all.set(key, [...(all.get(key) ?? []), ...samples]);
  }, into);
  return into;
}

/** The types (as numbers of the protocol) and helps of a body that is not compressed. */
export function readMetadata(bytes: Uint8Array): { name: string; type: number; help: string }[] {
  return new PbfReader(bytes).readFields<{ name: string; type: number; help: string }[]>((tag, all, pbf) => {
    if (tag !== 3) return;
    const one = pbf.readMessage(
      (field, found, at) => {
        if (field === 1) found.type = at.readVarint();
        if (field === 2) found.name = at.readString();
        if (field === 4) found.help = at.readString();
      },
      { name: '', type: 0, help: '' },
    );
    all.push(one);
  }, []);
}

function readLabel(pbf: PbfReader): [string, string] {
  return pbf.readMessage<[string, string]>(
    (tag, label) => {
      if (tag === 1 || tag === 2) label[tag - 1] = pbf.readString();
    },
    ['', ''],
  );
}

function readSample(pbf: PbfReader): { at: number; value: number | 'stale' } {
  return pbf.readMessage<{ at: number; value: number | 'stale' }>(
    (tag, sample) => {
      if (tag === 1) {
        const isStale = pbf.dataView.getBigUint64(pbf.pos, true) === staleBits;
        const value = pbf.readDouble();
        sample.value = isStale ? 'stale' : value;
      }
      if (tag === 2) sample.at = pbf.readVarint();
    },
    { at: 0, value: 0 },
  );
}

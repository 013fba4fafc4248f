import type { PbfWriter } from 'pbf';

/** Appends bytes whose room was made before. They are few: a loop is faster than `set`. */
export function copyBytes(pbf: PbfWriter, from: Uint8Array, begin: number, end: number): void {
  const { buf } = pbf;
  let { pos } = pbf;
  for (let index = begin; index < end; index += 1) {
    buf[pos] = from[index] as number;
    pos += 1;
  }
  pbf.pos = pos;
}

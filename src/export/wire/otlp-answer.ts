import { PbfReader } from 'pbf';

/** What a receiver says of a request that it took in part. */
export type PartialSuccess = { readonly rejected: number; readonly message: string };

/**
 * What a 2xx says besides that: the message ExportMetricsServiceResponse. All of it was taken if the body is empty or no such
 * message. `rejected` is at least 0.
 */
export function readPartialSuccess(bytes: Uint8Array): PartialSuccess {
  const nothing = { rejected: 0, message: '' };
  return (
    read(bytes, nothing, (field, found, pbf) => {
      if (field !== 1) return;
      const end = pbf.readVarint() + pbf.pos;
      pbf.readFields(
        (inner, partial, at) => {
          if (inner === 1 && at.type === 0) partial.rejected = at.readVarint(true);
          if (inner === 2 && at.type === 2) partial.message = at.readString();
        },
        found,
        end,
      );
      found.rejected = Number.isSafeInteger(found.rejected) ? Math.max(0, found.rejected) : 0;
    }) ?? nothing
  );
}

/** What a refusal says: the field `message` of google.rpc.Status; null if the body is no such message. */
export function readStatusMessage(bytes: Uint8Array): string | null {
  return (
    read(bytes, { message: '' }, (field, found, pbf) => {
      if (field === 2 && pbf.type === 2) found.message = pbf.readString();
    })?.message ?? null
  );
}

/** null: it is no message of protobuf. */
function read<T>(bytes: Uint8Array, into: T, field: (tag: number, found: T, pbf: PbfReader) => void): T | null {
  const pbf = new PbfReader(bytes);
  try {
    pbf.readFields(field, into);
    return pbf.pos === bytes.length ? into : null;
  } catch {
    return null;
  }
}

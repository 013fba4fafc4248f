export type { BulkAction } from '../../hosts/records/bulk.ts';

/** What `POST /hosts/bulk` did to one host. */
export type BulkResult = {
  readonly hostId: number;
  /** Null for a host that is not there, or that the user may not see. */
  readonly name: string | null;
  /** Null: it was done. Else why not, in one sentence. */
  readonly error: string | null;
};

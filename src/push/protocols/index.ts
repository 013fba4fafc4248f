import type { DestinationKind } from '../../model/export/destination.ts';
import { otlp } from './otlp.ts';
import type { Protocol } from './protocol.ts';
import { remoteWrite } from './remote-write.ts';

/** The protocol of each kind of destination. */
export const protocols: Readonly<Record<DestinationKind, Protocol>> = { 'remote-write': remoteWrite, otlp };

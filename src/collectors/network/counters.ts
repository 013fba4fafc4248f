import { growth, number, perSecond, words } from '../shared/text.ts';
import type { NetworkInterface } from './facts.ts';

/** Counters of one interface, as far as the system reports them. */
export type Counters = Pick<
  NetworkInterface,
  | 'name'
  | 'receivedBytes'
  | 'sentBytes'
  | 'receivedPackets'
  | 'sentPackets'
  | 'receiveErrors'
  | 'sendErrors'
  | 'receiveDropped'
  | 'sendDropped'
>;

/** Increase of each counter per second. */
export type Rates = Pick<
  NetworkInterface,
  | 'receivedBytesPerSecond'
  | 'sentBytesPerSecond'
  | 'receivedPacketsPerSecond'
  | 'sentPacketsPerSecond'
  | 'receiveErrorsPerSecond'
  | 'sendErrorsPerSecond'
  | 'receiveDroppedPerSecond'
  | 'sendDroppedPerSecond'
>;

/** A line of /proc/net/dev: `eth0:123 …` as old kernels print it, or `eth0: 123 …`. */
export function countersOf(line: string): Counters {
  const colon = line.lastIndexOf(':');
  if (colon < 0) throw new Error('a line of /proc/net/dev has no interface');
  const values = words(line.slice(colon + 1)).map(number);
  if (values.length < 16) throw new Error('an interface of /proc/net/dev has too few counters');
  const [receivedBytes = 0, receivedPackets = 0, receiveErrors = 0, receiveDropped = 0] = values;
  const [sentBytes = 0, sentPackets = 0, sendErrors = 0, sendDropped = 0] = values.slice(8);
  return {
    name: line.slice(0, colon).trim(),
    receivedBytes,
    sentBytes,
    receivedPackets,
    sentPackets,
    receiveErrors,
    sendErrors,
    receiveDropped,
    sendDropped,
  };
}

/** The rates between two readings of an interface; null for what the system does not report. */
export function ratesOf(now: Counters, before: Counters | undefined, elapsed: number | null): Rates {
  const grown = before ? growth(growing(now), growing(before)) : [];
  const of = (index: number, value: number | null): number | null =>
    value === null ? null : perSecond(grown[index], elapsed);
  return {
    receivedBytesPerSecond: of(0, now.receivedBytes),
    sentBytesPerSecond: of(1, now.sentBytes),
    receivedPacketsPerSecond: of(2, now.receivedPackets),
    sentPacketsPerSecond: of(3, now.sentPackets),
    receiveErrorsPerSecond: of(4, now.receiveErrors),
    sendErrorsPerSecond: of(5, now.sendErrors),
    receiveDroppedPerSecond: of(6, now.receiveDropped),
    sendDroppedPerSecond: of(7, now.sendDropped),
  };
}

function growing(one: Counters): readonly number[] {
  return [
    one.receivedBytes,
    one.sentBytes,
    one.receivedPackets ?? 0,
    one.sentPackets ?? 0,
    one.receiveErrors ?? 0,
    one.sendErrors ?? 0,
    one.receiveDropped ?? 0,
    one.sendDropped ?? 0,
  ];
}

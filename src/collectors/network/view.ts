import Type from 'typebox';
import { round, rounded } from '../../lib/scale.ts';
import { countOrNull, nullable, numberOrNull, text, textOrNull } from '../../lib/schema.ts';
import type { NetworkFacts } from './facts.ts';
import { trafficOf } from './traffic.ts';

const networkInterface = Type.Object({
  name: text,
  ip: text,
  state: text,
  rxBytes: textOrNull,
  txBytes: textOrNull,
  rxRateBps: nullable(Type.Number({ description: 'Bytes a second' })),
  txRateBps: nullable(Type.Number({ description: 'Bytes a second' })),
  addresses: Type.Array(text),
  rxPackets: numberOrNull,
  txPackets: numberOrNull,
  rxErrors: numberOrNull,
  txErrors: numberOrNull,
  rxDropped: numberOrNull,
  txDropped: numberOrNull,
  isPhysical: Type.Boolean({ description: 'Whether traffic enters or leaves the host here' }),
  rxPacketsPerSecond: numberOrNull,
  txPacketsPerSecond: numberOrNull,
  rxErrorsPerSecond: numberOrNull,
  txErrorsPerSecond: numberOrNull,
  rxDroppedPerSecond: numberOrNull,
  txDroppedPerSecond: numberOrNull,
});

const total = Type.Object(
  {
    rxRateBps: numberOrNull,
    txRateBps: numberOrNull,
    rxPacketsPerSecond: numberOrNull,
    txPacketsPerSecond: numberOrNull,
    errorsPerSecond: numberOrNull,
    droppedPerSecond: numberOrNull,
  },
  { description: 'Sums over the physical interfaces' },
);

const sockets = Type.Object({
  used: countOrNull,
  tcp: countOrNull,
  udp: countOrNull,
  tcpEstablished: countOrNull,
  tcpTimeWait: countOrNull,
  tcpOrphaned: countOrNull,
  tcpSegmentsSent: countOrNull,
  tcpSegmentsRetransmitted: countOrNull,
  tcpRetransmittedRatio: numberOrNull,
});

export const networkSchema = Type.Object({
  interfaces: Type.Array(networkInterface),
  total: nullable(total),
  sockets: nullable(sockets),
});

export function networkView(facts: NetworkFacts | null) {
  return {
    interfaces: (facts?.interfaces ?? []).map((one) => ({
      name: one.name,
      ip:
        one.addresses.find((address) => address.includes('.'))?.split('/')[0] ??
        one.addresses[0]?.split('/')[0] ??
        'N/A',
      state: one.state.toUpperCase(),
      rxBytes: String(one.receivedBytes),
      txBytes: String(one.sentBytes),
      rxRateBps: rounded(one.receivedBytesPerSecond),
      txRateBps: rounded(one.sentBytesPerSecond),
      addresses: one.addresses,
      rxPackets: one.receivedPackets,
      txPackets: one.sentPackets,
      rxErrors: one.receiveErrors,
      txErrors: one.sendErrors,
      rxDropped: one.receiveDropped,
      txDropped: one.sendDropped,
      isPhysical: one.isPhysical,
      rxPacketsPerSecond: hundredths(one.receivedPacketsPerSecond),
      txPacketsPerSecond: hundredths(one.sentPacketsPerSecond),
      rxErrorsPerSecond: hundredths(one.receiveErrorsPerSecond),
      txErrorsPerSecond: hundredths(one.sendErrorsPerSecond),
      rxDroppedPerSecond: hundredths(one.receiveDroppedPerSecond),
      txDroppedPerSecond: hundredths(one.sendDroppedPerSecond),
    })),
    total: facts === null ? null : totalView(facts),
    sockets: facts?.sockets ?? null,
  };
}

function totalView(facts: NetworkFacts) {
  const all = trafficOf(facts);
  return {
    rxRateBps: rounded(all.receivedBytesPerSecond),
    txRateBps: rounded(all.sentBytesPerSecond),
    rxPacketsPerSecond: hundredths(all.receivedPacketsPerSecond),
    txPacketsPerSecond: hundredths(all.sentPacketsPerSecond),
    errorsPerSecond: hundredths(all.errorsPerSecond),
    droppedPerSecond: hundredths(all.droppedPerSecond),
  };
}

/** Two decimals: there may be one error a minute. */
function hundredths(value: number | null): number | null {
  return value === null ? null : round(value, 2);
}

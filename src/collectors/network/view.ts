import Type from 'typebox';
import { rounded } from '../../lib/scale.ts';
import { nullable, numberOrNull, text, textOrNull } from '../../lib/schema.ts';
import type { NetworkFacts } from './facts.ts';

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
});

export const networkSchema = Type.Object({ interfaces: Type.Array(networkInterface) });

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
    })),
  };
}

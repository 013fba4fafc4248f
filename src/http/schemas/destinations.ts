import Type from 'typebox';
import { destinationKinds, destinationStates } from '../../model/export/destination.ts';
import { nullable, text, time } from './common.ts';

/** A destination of series, as its owner is shown it. */
export const destination = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum([...destinationKinds]),
  name: text,
  enabled: Type.Boolean(),
  hosts: Type.Object({}, { description: 'Which hosts are sent, as in rules' }),
  config: nullable(Type.Object({}, { description: 'Secrets are ••••. Null: it cannot be opened' })),
  state: Type.Enum([...destinationStates]),
  hostCount: Type.Integer({ description: 'Hosts that are sent now' }),
  sentAt: nullable(time),
  lagSeconds: Type.Number({ description: 'How old the oldest sample is that waits; 0: none waits' }),
  waitingBytes: Type.Integer(),
  sent: Type.Integer({ description: 'Samples that were taken since Sonde started, or since the last change' }),
  failed: Type.Integer({ description: 'Samples that were refused' }),
  dropped: Type.Integer({ description: 'Samples given up because the receiver was away for too long' }),
  error: nullable(
    Type.String({ description: 'What the receiver said last, if it was no success or it took only a part' }),
  ),
  createdAt: time,
});

import Type from 'typebox';
import { count, text } from '../../lib/schema.ts';
import type { PortsFacts } from './facts.ts';

const port = Type.Object({
  protocol: Type.Enum(['tcp', 'udp']),
  localAddress: text,
  localPort: count,
  state: Type.Optional(text),
  pid: Type.Optional(count),
  process: Type.Optional(text),
});

export const portsSchema = Type.Object({ source: Type.Enum(['ss', 'netstat', 'none']), ports: Type.Array(port) });

export function portsView(facts: PortsFacts | null, source: string | null) {
  return {
    source: source?.startsWith('ss') ? 'ss' : facts ? 'netstat' : 'none',
    ports: (facts?.ports ?? []).map(({ state, pid, process, ...rest }) => ({
      ...rest,
      ...(state === null ? {} : { state }),
      ...(pid === null ? {} : { pid }),
      ...(process === null ? {} : { process }),
    })),
  };
}

import type { NodeFamily } from '../../model/export/node.ts';

/** A family that counts since boot. `differs`: in what it differs from node_exporter's. */
export function counter(name: string, help: string, differs?: string): NodeFamily {
  return { name, type: 'counter', help, ...(differs === undefined ? {} : { differs }) };
}

/** A family that goes up and down. */
export function gauge(name: string, help: string, differs?: string): NodeFamily {
  return { name, type: 'gauge', help, ...(differs === undefined ? {} : { differs }) };
}

/** A family whose type node_exporter does not tell. */
export function untyped(name: string, help: string, differs?: string): NodeFamily {
  return { name, type: 'untyped', help, ...(differs === undefined ? {} : { differs }) };
}

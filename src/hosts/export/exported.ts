import { computedOfHost } from '../fields/computed.ts';
import type { HostView } from '../records/view.ts';

/** A host as exports contain it: no secret, no id; jump hosts and credential by name. */
export type Exported = {
  /** Its name, made unique. */
  readonly ref: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly jumpHosts: readonly { readonly ref: string }[];
  readonly credential: { readonly name: string; readonly username: string } | null;
};

/** Fields of a record that do not describe the host itself, or that are exported in another form. */
const left = new Set<string>([...computedOfHost, 'certificate', 'credentialId', 'dependsOn', 'jumpHosts']);

/** Hosts without what only this Sonde can use. */
export function exportedOf(
  hosts: readonly HostView[],
  credentials: readonly { readonly id: number; readonly name: string; readonly username: string }[],
): readonly Exported[] {
  const refs = new Map<number, string>();
  const taken = new Set<string>();
  for (const { id, name } of hosts) {
    const ref = taken.has(String(name)) ? `${String(name)} #${id}` : String(name);
    refs.set(id, ref);
    taken.add(ref);
  }
  const saved = new Map(credentials.map((one) => [one.id, { name: one.name, username: one.username }]));
  return hosts.map((host) => ({
    ref: refs.get(host.id) ?? '',
    fields: Object.fromEntries(Object.entries(host).filter(([name]) => !left.has(name))),
    jumpHosts: (Array.isArray(host.jumpHosts) ? host.jumpHosts : []).map((one: { hostId?: unknown } | null) => ({
      ref: refs.get(Number(one?.hostId)) ?? `host ${String(one?.hostId)}, which is not exported`,
    })),
    credential: saved.get(Number(host.credentialId)) ?? null,
  }));
}

/** All of it, in the form that Sonde imports. */
export function writeJson(hosts: readonly Exported[], exportedAt: string): string {
  const records = hosts.map(({ ref, fields, jumpHosts, credential }) => ({
    ref,
    ...fields,
    jumpHosts,
    ...(credential ? { credential } : {}),
  }));
  return `${JSON.stringify({ format: 'sonde-hosts', version: 1, exportedAt, hosts: records }, null, 2)}\n`;
}

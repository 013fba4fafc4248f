/**
 * The label `instance` of each host: its name, and `name#id` where several share it, so that no two hosts have the same.
 * A host may be called `web#7` itself; where that is taken, it gets its id as well.
 */
export function instancesOf(
  hosts: readonly { readonly id: number; readonly name: string }[],
): ReadonlyMap<number, string> {
  const withId = new Set<number>();
  for (;;) {
    const instances = new Map(hosts.map(({ id, name }) => [id, withId.has(id) ? `${name}#${id}` : name]));
    const shared = sharedOf(instances.values());
    const sharing = hosts.filter(({ id, name }) => !withId.has(id) && shared.has(name));
    // Instances with ids differ from each other, so this ends.
    if (sharing.length === 0) return instances;
    for (const { id } of sharing) withId.add(id);
  }
}

function sharedOf(names: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const name of names) (seen.has(name) ? shared : seen).add(name);
  return shared;
}

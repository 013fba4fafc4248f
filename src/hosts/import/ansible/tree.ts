import { limits, type Place, type Skip } from '../candidate.ts';
import { Ranges, readPattern } from './ranges.ts';

export type Vars = ReadonlyMap<string, unknown>;
/** Variables to look up: hosts share those of their groups, which may be thousands. */
type Lookup = Pick<Vars, 'get' | 'has'>;
type Group = { readonly name: string; readonly parents: Set<Group>; readonly vars: Map<string, unknown> };

/** A host of an inventory with the variables that apply to it, and the groups that contain it at any depth. */
export type InventoryHost = Place & {
  readonly name: string;
  readonly vars: Lookup;
  readonly groups: readonly string[];
};

const maxGroups = 2_000;
/** Each is followed upwards to detect circles. */
const maxMemberships = 10_000;
/** Hosts in groups at any depth: each set of groups is sorted once. */
const maxInGroups = 2_000_000;
/** The variables that say how a host is reached; others are dropped. Source: Ansible's “Connecting to hosts”. */
const used = new Set([
  'ansible_connection',
  'ansible_host',
  'ansible_port',
  'ansible_user',
  'ansible_password',
  'ansible_private_key_file',
  'ansible_group_priority',
  'ansible_ssh_host',
  'ansible_ssh_port',
  'ansible_ssh_user',
  'ansible_ssh_password',
  'ansible_ssh_pass',
  'ansible_ssh_private_key_file',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_ssh_args',
]);

/** An inventory while it is being read: groups, what they contain, and the variables of both. */
export function createTree(skip: Skip) {
  const groups = new Map<string, Group>();
  const hosts = new Map<string, Place & { readonly vars: Map<string, unknown>; readonly groups: Set<Group> }>();

  const ranges = new Ranges();
  let memberships = 0;

  function group(name: string): Group | null {
    const known = groups.get(name);
    if (known) return known;
    if (groups.size >= maxGroups) return null;
    const made = { name, parents: new Set<Group>(), vars: new Map<string, unknown>() };
    groups.set(name, made);
    return made;
  }

  return {
    /** Declares a group. False if there are too many. */
    addGroup: (name: string, place: Place): boolean => {
      if (group(name)) return true;
      skip(place, name, `Sonde reads only ${maxGroups} groups`);
      return false;
    },
    addChild(parent: string, child: string, place: Place): void {
      const [above, below] = [group(parent), group(child)];
      if (!above || !below) skip(place, child, `Sonde reads only ${maxGroups} groups`);
      else if (below.parents.has(above)) return;
      else if (memberships >= maxMemberships)
        skip(place, child, `Sonde reads only ${maxMemberships} groups inside groups`);
      else if (ancestorsOf(above).has(below)) skip(place, child, 'Groups contain each other in a circle');
      else {
        memberships += 1;
        below.parents.add(above);
      }
    },
    setVar: (name: string, key: string, value: unknown): void => {
      if (used.has(key)) group(name)?.vars.set(key, value);
    },
    addHosts(groupName: string, pattern: string, vars: Vars, place: Place): void {
      const { name, port } = readPattern(pattern.slice(0, limits.nameLength));
      const names = pattern.length > limits.nameLength ? { error: 'This name is too long' } : ranges.expand(name);
      if ('error' in names) {
        skip(place, pattern, names.error);
        return;
      }
      const kept = [...vars].filter(([key]) => used.has(key));
      const of = group(groupName);
      for (const one of names) {
        const known = hosts.get(one) ?? { ...place, vars: new Map<string, unknown>(), groups: new Set<Group>() };
        if (!hosts.has(one) && hosts.size >= limits.hosts) {
          skip(place, pattern, `Sonde reads only ${limits.hosts} hosts at once. Put the rest into another file`);
          return;
        }
        // The port of a pattern counts only where the host is named first.
        if (!hosts.has(one) && port !== null) known.vars.set('ansible_port', port);
        hosts.set(one, known);
        if (of) known.groups.add(of);
        for (const [key, value] of kept) known.vars.set(key, value);
      }
    },
    /** All hosts. The variables of a host override those of groups; those of inner groups override outer ones. */
    hosts(): readonly InventoryHost[] {
      const merged = new Map<string, { readonly names: readonly string[]; readonly vars: Vars }>();
      const numbers = new Map([...groups.values()].map((one, index) => [one, index]));
      let sorted = 0;
      return [...hosts].flatMap(([name, { file, line, vars, groups: own }]) => {
        const key = Int32Array.from(own, (one) => numbers.get(one) ?? -1)
          .sort()
          .join();
        let outer = merged.get(key);
        if (!outer) {
          if (sorted > maxInGroups) {
            skip({ file, line }, name, 'The hosts in these files are in too many groups. Import them in parts');
            return [];
          }
          outer = mergeGroups(own, groups.get('all'));
          // Walking upwards visits every group of groups, sorted or not.
          sorted += outer.names.length + own.size + 1;
          merged.set(key, outer);
        }
        return [{ name, file, line, vars: over(vars, outer.vars), groups: outer.names }];
      });
    },
  };
}

function over(inner: Vars, outer: Vars): Lookup {
  return {
    has: (key) => inner.has(key) || outer.has(key),
    get: (key) => (inner.has(key) ? inner.get(key) : outer.get(key)),
  };
}

export type Tree = ReturnType<typeof createTree>;

function ancestorsOf(of: Group, found = new Set<Group>()): ReadonlySet<Group> {
  const waiting = [of];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...next.parents);
  }
  return found;
}

function mergeGroups(own: ReadonlySet<Group>, all: Group | undefined) {
  const found = new Set<Group>();
  for (const one of own) ancestorsOf(one, found);
  if (all) found.delete(all);
  const depths = new Map<Group, number>();
  const depthOf = (one: Group): number => {
    const known = depths.get(one);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...[...one.parents].filter((parent) => parent !== all).map(depthOf));
    depths.set(one, depth);
    return depth;
  };
  const priority = (one: Group): number => Number(one.vars.get('ansible_group_priority') ?? 1) || 0;
  const sorted = [...found].sort(
    (a, b) => depthOf(a) - depthOf(b) || priority(a) - priority(b) || (a.name < b.name ? -1 : 1),
  );
  const names = sorted.map(({ name }) => name).filter((name) => name !== 'ungrouped');
  return { names, vars: new Map([...(all?.vars ?? []), ...sorted.flatMap(({ vars }) => [...vars])]) };
}

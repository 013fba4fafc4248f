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
export class Tree {
  readonly #skip: Skip;
  readonly #groups = new Map<string, Group>();
  readonly #hosts = new Map<string, Place & { readonly vars: Map<string, unknown>; readonly groups: Set<Group> }>();
  readonly #ranges = new Ranges();
  #memberships = 0;

  constructor(skip: Skip) {
    this.#skip = skip;
  }

  /** Declares a group. False if there are too many. */
  addGroup(name: string, place: Place): boolean {
    if (this.#group(name)) return true;
    this.#skip(place, name, `Sonde reads only ${maxGroups} groups`);
    return false;
  }

  addChild(parent: string, child: string, place: Place): void {
    const [above, below] = [this.#group(parent), this.#group(child)];
    if (!above || !below) this.#skip(place, child, `Sonde reads only ${maxGroups} groups`);
    else if (below.parents.has(above)) return;
    else if (this.#memberships >= maxMemberships)
      this.#skip(place, child, `Sonde reads only ${maxMemberships} groups inside groups`);
    else if (ancestorsOf(above).has(below)) this.#skip(place, child, 'Groups contain each other in a circle');
    else {
      this.#memberships += 1;
      below.parents.add(above);
    }
  }

  setVar(name: string, key: string, value: unknown): void {
    if (used.has(key)) this.#group(name)?.vars.set(key, value);
  }

  addHosts(groupName: string, pattern: string, vars: Vars, place: Place): void {
    const { name, port } = readPattern(pattern.slice(0, limits.nameLength));
    const names = pattern.length > limits.nameLength ? { error: 'This name is too long' } : this.#ranges.expand(name);
    if ('error' in names) {
      this.#skip(place, pattern, names.error);
      return;
    }
    const kept = [...vars].filter(([key]) => used.has(key));
    const of = this.#group(groupName);
    for (const one of names) {
      const known = this.#hosts.get(one) ?? { ...place, vars: new Map<string, unknown>(), groups: new Set<Group>() };
      if (!this.#hosts.has(one) && this.#hosts.size >= limits.hosts) {
        this.#skip(place, pattern, `Sonde reads only ${limits.hosts} hosts at once. Put the rest into another file`);
        return;
      }
      // The port of a pattern counts only where the host is named first.
      if (!this.#hosts.has(one) && port !== null) known.vars.set('ansible_port', port);
      this.#hosts.set(one, known);
      if (of) known.groups.add(of);
      for (const [key, value] of kept) known.vars.set(key, value);
    }
  }

  /** All hosts. The variables of a host override those of groups; those of inner groups override outer ones. */
  hosts(): readonly InventoryHost[] {
    const merged = new Map<string, { readonly names: readonly string[]; readonly vars: Vars }>();
    const numbers = new Map([...this.#groups.values()].map((one, index) => [one, index]));
    let sorted = 0;
    return [...this.#hosts].flatMap(([name, { file, line, vars, groups: own }]) => {
      const key = Int32Array.from(own, (one) => numbers.get(one) ?? -1)
        .sort()
        .join();
      let outer = merged.get(key);
      if (!outer) {
        if (sorted > maxInGroups) {
          this.#skip({ file, line }, name, 'The hosts in these files are in too many groups. Import them in parts');
          return [];
        }
        outer = mergeGroups(own, this.#groups.get('all'));
        // Walking upwards visits every group of groups, sorted or not.
        sorted += outer.names.length + own.size + 1;
        merged.set(key, outer);
      }
      return [{ name, file, line, vars: over(vars, outer.vars), groups: outer.names }];
    });
  }

  /** A group by its name, made when it is new; null: there are too many. */
  #group(name: string): Group | null {
    const known = this.#groups.get(name);
    if (known) return known;
    if (this.#groups.size >= maxGroups) return null;
    const made = { name, parents: new Set<Group>(), vars: new Map<string, unknown>() };
    this.#groups.set(name, made);
    return made;
  }
}

function over(inner: Vars, outer: Vars): Lookup {
  return {
    has: (key) => inner.has(key) || outer.has(key),
    get: (key) => (inner.has(key) ? inner.get(key) : outer.get(key)),
  };
}

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

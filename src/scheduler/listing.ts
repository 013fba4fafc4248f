import type { WatchTarget } from '../model/host.ts';

/** Which hosts are reached through which. */
export class Listing {
  /** Jump host → the hosts whose records list it. */
  private readonly listedBy = new Map<number, Set<number>>();

  add({ id, jumpHosts }: WatchTarget): void {
    for (const { hostId } of jumpHosts) this.listedBy.set(hostId, (this.listedBy.get(hostId) ?? new Set()).add(id));
  }

  remove({ id, jumpHosts }: WatchTarget): void {
    for (const { hostId } of jumpHosts) {
      const ids = this.listedBy.get(hostId);
      if (ids?.delete(id) && ids.size === 0) this.listedBy.delete(hostId);
    }
  }

  /** The hosts whose records list this one. */
  of(hostId: number): readonly number[] {
    return [...(this.listedBy.get(hostId) ?? [])];
  }

  /** The hosts that are reached through this one, directly or through other hosts. */
  behind(hostId: number): ReadonlySet<number> {
    const found = new Set<number>();
    for (const todo = [hostId]; todo.length > 0; ) {
      for (const id of this.of(todo.pop() ?? 0)) {
        if (found.has(id)) continue;
        found.add(id);
        todo.push(id);
      }
    }
    return found;
  }
}

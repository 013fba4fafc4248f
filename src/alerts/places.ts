import type { AlertHost } from '../model/alerts/host.ts';
import type { Known } from './known.ts';
import { sondeId } from './own/trouble.ts';

/** Everything that rules are asked of: hosts by their ids, and Sonde itself once an admin, by the admin's id. */
export class Places {
  readonly #hosts = new Map<number, Known>();
  readonly #sondes = new Map<string, Known>();

  get({ id, ownerId }: Pick<AlertHost, 'id' | 'ownerId'>): Known | undefined {
    return id === sondeId ? this.#sondes.get(ownerId) : this.#hosts.get(id);
  }

  host(id: number): Known | undefined {
    return this.#hosts.get(id);
  }

  add(known: Known): void {
    const { id, ownerId } = known.checks.host;
    if (id === sondeId) this.#sondes.set(ownerId, known);
    else this.#hosts.set(id, known);
  }

  remove({ id, ownerId }: Pick<AlertHost, 'id' | 'ownerId'>): void {
    if (id === sondeId) this.#sondes.delete(ownerId);
    else this.#hosts.delete(id);
  }

  /** Without Sonde itself. */
  hosts(): readonly Known[] {
    return [...this.#hosts.values()];
  }

  sondes(): readonly Known[] {
    return [...this.#sondes.values()];
  }
}

import { isScarce, type Space, spaceOf } from '../files/keeper.ts';
import type { Troubles } from '../files/troubles.ts';

/** How much disk space is free for history. */
export class Room {
  readonly #folder: string;
  readonly #read: (folder: string) => Space;
  readonly #troubles: Troubles;

  constructor(folder: string, troubles: Troubles, read: (folder: string) => Space = spaceOf) {
    this.#folder = folder;
    this.#troubles = troubles;
    this.#read = read;
  }

  /** Null if it cannot be determined, for example because the folder does not exist. */
  get space(): Space | null {
    try {
      return this.#read(this.#folder);
    } catch {
      return null;
    }
  }

  /** Null while there is enough space. Otherwise reports the trouble and returns how much is left. */
  scarce(): Space | null {
    const { space } = this;
    if (space === null || !isScarce(space)) return null;
    this.#troubles.fails('full', `Only ${Math.round(space.free / 2 ** 20)} MiB are free where history is`);
    return space;
  }
}

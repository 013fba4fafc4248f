import { isScarce, type Space, spaceOf } from '../files/keeper.ts';
import type { Troubles } from '../files/troubles.ts';

/** How much space there is where history is. */
export class Room {
  readonly #folder: string;
  readonly #read: (folder: string) => Space;
  readonly #troubles: Troubles;

  constructor(folder: string, troubles: Troubles, read: (folder: string) => Space = spaceOf) {
    this.#folder = folder;
    this.#troubles = troubles;
    this.#read = read;
  }

  /** Null where that cannot be read, as the folder is not there. */
  get space(): Space | null {
    try {
      return this.#read(this.#folder);
    } catch {
      return null;
    }
  }

  /** The space where so little is left that nothing may be written, which is then said; else null. */
  scarce(): Space | null {
    const { space } = this;
    if (space === null || !isScarce(space)) return null;
    this.#troubles.fails('full', `Only ${Math.round(space.free / 2 ** 20)} MiB are free where history is`);
    return space;
  }
}

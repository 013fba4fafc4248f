import { first } from './0001-first.ts';
import { proxies } from './0002-proxies.ts';

/** Every migration, in order; a database's version is how many of them it has. None is ever changed or removed. */
export const migrations: readonly string[] = [first, proxies];

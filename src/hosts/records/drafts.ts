import type { Draft } from '../../ports/control.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { Viewer } from '../access/access.ts';
import type { HostsContext } from '../context.ts';
import type { Drafting } from '../inventory/inventory.ts';
import { noHostSecrets } from '../logins/sealed.ts';
import type { Bodies } from './bodies.ts';
import { columnsOf, isMoved, newColumns, placedBy, sealedColumns } from './columns.ts';

/** Hosts as a body would define them, without saving: for testing a connection. Throws whatever saving would throw. */
export function createDrafts(
  { sealer, clock }: HostsContext,
  bodies: Bodies,
  inventory: Pick<Inventory, 'knownKeys'> & Drafting,
) {
  return {
    async ofNew(user: Viewer, body: unknown): Promise<Draft> {
      const input = await bodies.readNew(user, body);
      const now = clock.now();
      const row = { id: 0, ...newColumns(user, now), ...columnsOf(input, now) };
      const login = await inventory.draftOf({ ...row, ...sealedColumns(sealer, 0, input, noHostSecrets) });
      return { ...login, knownKeys: await inventory.knownKeysOf(row, [], null) };
    },
    /** A saved host as the body would change it. */
    async ofSaved(user: Viewer, id: number, body: unknown): Promise<Draft> {
      const { before, input, kept } = await bodies.readChange(user, id, body);
      const row = { ...before, ...columnsOf(input, clock.now()), placed_by: placedBy(user, before, input) };
      const login = await inventory.draftOf({ ...row, ...sealedColumns(sealer, id, input, kept) });
      const { pinned, pending } = isMoved(before, input)
        ? { pinned: [], pending: null }
        : await inventory.knownKeys(id);
      return { ...login, knownKeys: await inventory.knownKeysOf(row, pinned, pending) };
    },
  };
}

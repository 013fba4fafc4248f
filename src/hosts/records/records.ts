import { setImmediate } from 'node:timers/promises';
import type { HostRow, Stored, Transaction } from '../../db/schema.ts';
import type { HostAccess, Viewer } from '../access/access.ts';
import type { Changes } from '../access/changes.ts';
import { changing, requireCurrent } from '../changing.ts';
import type { HostsContext } from '../context.ts';
import type { HostInput } from '../fields/input.ts';
import { nameOf } from '../keys/key-events.ts';
import { forgetKeys } from '../keys/key-store.ts';
import { noHostSecrets } from '../logins/sealed.ts';
import { type Bodies, rowOf } from './bodies.ts';
import { columnsOf, isMoved, isOtherLogin, newColumns, placedBy, sealedColumns } from './columns.ts';
import type { Mounts } from './mounts.ts';
import { requireCredential, requirePermitted, sourceIn } from './permitted.ts';
import { type HostView, viewOf } from './view.ts';

type Host = Stored<HostRow>;
/** After this many, other requests get a turn. */
const insertsAtOnce = 50;

/** The records of hosts. Throws 404 for hosts that the user may not see, 400 for invalid ones. */
export class Records {
  readonly #context: HostsContext;
  readonly #access: HostAccess;
  readonly #bodies: Bodies;
  readonly #mounts: Mounts;
  readonly #changed: Changes['changed'];

  constructor(context: HostsContext, access: HostAccess, bodies: Bodies, mounts: Mounts, changed: Changes['changed']) {
    this.#context = context;
    this.#access = access;
    this.#bodies = bodies;
    this.#mounts = mounts;
    this.#changed = changed;
  }

  async list(user: Viewer): Promise<readonly HostView[]> {
    const mine = await this.#access.levelsOf(user);
    const sights = await this.#access.levelsOf({ ...user, scope: 'manage' });
    const rows = (await this.#context.db.selectFrom('hosts').selectAll().orderBy('id').execute()) as Host[];
    return rows.flatMap((one) => {
      const level = mine.get(one.id);
      return level === undefined ? [] : [viewOf(one, level, sights.get(one.id))];
    });
  }

  async get(user: Viewer, id: number): Promise<HostView> {
    await this.#access.require(user, id, 'view');
    const sights = await this.#access.levelsOf({ ...user, scope: 'manage' });
    const mine = await this.#access.levelsOf(user);
    return viewOf(await rowOf(this.#context.db, id), mine.get(id) ?? 'view', sights.get(id));
  }

  async create(user: Viewer, body: unknown): Promise<HostView> {
    const { db } = this.#context;
    const input = await this.#bodies.readNew(user, body);
    const id = await db.transaction().execute((transaction) => this.#insert(transaction, user, input));
    this.#added([id]);
    return viewOf(await rowOf(db, id), 'manage');
  }

  /** Adds hosts that were checked, all or none, in order. Each may be built from the ids of those before it. */
  async createAll(user: Viewer, inputs: readonly ((ids: readonly number[]) => HostInput)[]) {
    const ids = await this.#context.db.transaction().execute(async (transaction) => {
      const made: number[] = [];
      for (const input of inputs) {
        made.push(await this.#insert(transaction, user, input(made)));
        if (made.length % insertsAtOnce === 0) await setImmediate();
      }
      return made;
    });
    this.#added(ids);
    return ids;
  }

  /** `sent`: the fields to change, or a function that derives them from the host's state at that moment. */
  async update(user: Viewer, id: number, sent: unknown): Promise<HostView> {
    const saved = await changing(() => this.#change(user, id, sent));
    this.#mounts.forget(id);
    this.#changed(id);
    return viewOf(saved, 'manage');
  }

  async remove(user: Viewer, id: number): Promise<void> {
    await this.#access.require(user, id, 'manage');
    await this.#context.db.transaction().execute(async (transaction) => {
      await sourceIn(transaction).access.require(user, id, 'manage');
      await transaction.deleteFrom('hosts').where('id', '=', id).execute();
    });
    this.#mounts.forget(id);
    this.#access.forgetLevels();
    this.#changed(id, true);
  }

  #added(ids: readonly number[]): void {
    this.#access.forgetLevels();
    for (const id of ids) this.#changed(id);
  }

  async #insert(transaction: Transaction, user: Viewer, input: HostInput): Promise<number> {
    await requireCredential(transaction, user, input);
    const now = this.#context.clock.now();
    const inserted = await transaction
      .insertInto('hosts')
      .values({ ...columnsOf(input, now), ...newColumns(user, now), ...noHostSecrets })
      .executeTakeFirstOrThrow();
    const id = Number(inserted.insertId);
    // What is sealed is bound to the id of its row.
    const sealed = sealedColumns(this.#context.sealer, id, input, noHostSecrets);
    const hasSecrets = Object.entries(sealed).some(
      ([column, value]) => value !== noHostSecrets[column as keyof typeof sealed],
    );
    if (hasSecrets) await transaction.updateTable('hosts').set(sealed).where('id', '=', id).execute();
    return id;
  }

  /** One attempt to change a saved host; see changing.ts. */
  async #change(user: Viewer, id: number, sent: unknown): Promise<Host> {
    const { db, sealer, clock } = this.#context;
    const { before, input, kept } = await this.#bodies.readChange(user, id, sent);
    const changes = {
      ...columnsOf(input, clock.now()),
      ...sealedColumns(sealer, id, input, kept),
      placed_by: placedBy(user, before, input),
      ...(isOtherLogin(before, input) ? { interactive: 'unknown' } : {}),
    };
    return db.transaction().execute(async (transaction) => {
      await requireCurrent(transaction, 'hosts', before);
      await requirePermitted(sourceIn(transaction), user, before, input);
      if (isMoved(before, input)) await forgetKeys(transaction, id, clock.now(), await nameOf(transaction, user));
      await transaction.updateTable('hosts').set(changes).where('id', '=', id).execute();
      return rowOf(transaction, id);
    });
  }
}

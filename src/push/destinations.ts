import type { Database, DestinationRow, Stored } from '../db/schema.ts';
import { badRequest, notFound, RequestError } from '../lib/errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { parsed, storedObject, storedTime } from '../lib/stored.ts';
import type { Selector } from '../model/alerts/rule.ts';
import {
  type DestinationKind,
  type DestinationStanding,
  destinationKinds,
  destinationSecretOf,
  maxDestinations,
} from '../model/export/destination.ts';
import type { ExportedHost } from '../model/export/host.ts';
import { flawOfTitle } from '../model/names.ts';
import { readConfigOf, shownConfig, withStoredSecrets } from '../notifiers/config.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import type { Clock } from '../ports/clock.ts';
import { type DestinationConfig, destinationSettings } from './protocols/settings.ts';
import { type Destination, idle, type Pusher } from './pusher.ts';

/** What clients send; everything is checked, but `hosts`, which the route has read. */
export type DestinationBody = {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly enabled?: unknown;
  readonly hosts?: unknown;
  readonly config?: unknown;
};

/** A destination as it is shown: secrets are masked. `config` is null if it cannot be opened. */
export type DestinationView = DestinationStanding & {
  readonly id: number;
  readonly kind: DestinationKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly selector: unknown;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
};

export type DestinationsOptions = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly pusher: Pusher;
  /** The hosts that a user may see, whose metrics are on, and that the selector names. */
  readonly hostsOf: (userId: string, selector: Selector) => Promise<readonly ExportedHost[]>;
  readonly onError: (error: unknown) => void;
};

type Row = Stored<DestinationRow>;

const everyHost: Selector = { all: true };
const refreshMs = 60_000;
const soonMs = 1_000;
const maxName = 100;

/**
 * Where series are sent. Each belongs to the admin who made it, and gets the hosts that this admin may see. Throws 404 alike for
 * destinations that are not there and those of others.
 */
export class Destinations {
  readonly #options: DestinationsOptions;
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: DestinationsOptions) {
    this.#options = options;
    // An owner may have been made an admin, or no longer be one, by a command while Sonde runs.
    this.#timer = setInterval(() => this.#applied(false), refreshMs).unref();
  }

  /** Users were made admins, are no longer admins, or were removed. */
  async usersChanged(): Promise<void> {
    // What was done with the users is done, whatever comes of this.
    await this.#apply(false).catch(this.#options.onError);
  }

  /** Hosts were added, changed or shared. */
  hostsChanged(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#applied(true);
    }, soonMs).unref();
  }

  /** Begins to send. */
  async start(): Promise<void> {
    await this.#apply(true);
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
  }

  async list(userId: string): Promise<readonly DestinationView[]> {
    const { db } = this.#options;
    const rows = await db.selectFrom('destinations').selectAll().where('user_id', '=', userId).orderBy('id').execute();
    return rows.map((row) => this.#view(row));
  }

  /** Throws 400 for what is wrong with it, and for a destination too many. */
  async create(userId: string, body: DestinationBody, hosts: Selector | undefined): Promise<DestinationView> {
    const { db, sealer, clock } = this.#options;
    const kind = readKind(body.kind);
    const config = readConfigOf(destinationSettings, body.config);
    const now = clock.now();
    const values = {
      user_id: userId,
      kind,
      name: readName(body.name),
      enabled: Number(readEnabled(body.enabled, true)),
      hosts_json: JSON.stringify(hosts ?? everyHost),
      config_sealed: null,
      created_at: now,
      updated_at: now,
    };
    const row = await db.transaction().execute(async (transaction) => {
      const others = await transaction.selectFrom('destinations').select('id').execute();
      if (others.length >= maxDestinations)
        throw badRequest(`There can be at most ${maxDestinations} destinations; remove one first`);
      const { id } = await transaction
        .insertInto('destinations')
        .values(values)
        .returning('id')
        .executeTakeFirstOrThrow();
      return transaction
        .updateTable('destinations')
        .set({ config_sealed: sealer.seal(JSON.stringify(config), destinationSecretOf(id)) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    await this.#apply(false);
    return this.#view(row);
  }

  /** Masks in the settings stand for what is stored. */
  async update(
    userId: string,
    id: number,
    body: DestinationBody,
    hosts: Selector | undefined,
  ): Promise<DestinationView> {
    const { db, sealer, clock } = this.#options;
    const row = await db.transaction().execute(async (transaction) => {
      const before = await rowOf(transaction, userId, id);
      if (body.kind !== undefined && body.kind !== before.kind)
        throw badRequest('The kind of a destination cannot be changed: add another destination');
      const config =
        body.config === undefined
          ? null
          : readConfigOf(
              destinationSettings,
              withStoredSecrets(destinationSettings, this.#open(before) ?? {}, body.config),
            );
      return transaction
        .updateTable('destinations')
        .set({
          name: body.name === undefined ? before.name : readName(body.name),
          enabled: Number(readEnabled(body.enabled, before.enabled === 1)),
          hosts_json: hosts === undefined ? before.hosts_json : JSON.stringify(hosts),
          ...(config === null ? {} : { config_sealed: sealer.seal(JSON.stringify(config), destinationSecretOf(id)) }),
          updated_at: Math.max(clock.now(), before.updated_at + 1),
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    await this.#apply(false);
    return this.#view(row);
  }

  /** Resolves with its name. */
  async remove(userId: string, id: number): Promise<string> {
    const { db } = this.#options;
    const { name } = await rowOf(db, userId, id);
    await db.deleteFrom('destinations').where('id', '=', id).where('user_id', '=', userId).execute();
    await this.#apply(false);
    return name;
  }

  /** Sends one sample now, and answers what the receiver said. */
  async test(userId: string, id: number): Promise<{ readonly name: string; readonly verdict: Verdict }> {
    const row = await rowOf(this.#options.db, userId, id);
    const config = this.#open(row);
    if (config === null)
      throw new RequestError(409, 'The settings cannot be opened with this sealing key: enter them again');
    return { name: row.name, verdict: await this.#options.pusher.test({ kind: row.kind, config }) };
  }

  #applied(refresh: boolean): void {
    this.#apply(refresh).catch(this.#options.onError);
  }

  async #apply(refresh: boolean): Promise<void> {
    const { db, pusher, hostsOf } = this.#options;
    const rows = await db
      .selectFrom('destinations')
      .innerJoin('users', 'users.id', 'destinations.user_id')
      .selectAll('destinations')
      .where('users.is_admin', '=', 1)
      .where('destinations.enabled', '=', 1)
      .execute();
    const destinations = rows.flatMap((row): readonly Destination[] => {
      const config = this.#open(row);
      const hosts = (): Promise<readonly ExportedHost[]> => hostsOf(row.user_id, selectorIn(row));
      const { id, kind, hosts_json: selection } = row;
      // A name is no reason to begin anew, and sealed settings look different each time although they are the same.
      return config === null ? [] : [{ id, kind, version: JSON.stringify(config), selection, config, hosts }];
    });
    await pusher.apply(destinations, refresh);
  }

  #open({ id, config_sealed: sealed }: Row): DestinationConfig | null {
    if (sealed === null) return null;
    try {
      // Safe: it was checked before it was sealed.
      return storedObject(this.#options.sealer.open(sealed, destinationSecretOf(id))) as DestinationConfig | null;
    } catch {
      return null;
    }
  }

  #view(row: Row): DestinationView {
    const config = this.#open(row);
    const enabled = row.enabled === 1;
    const resting = config === null ? 'sealed' : enabled ? 'no-admin' : 'off';
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      enabled,
      selector: parsed(row.hosts_json) ?? everyHost,
      config: config && shownConfig(destinationSettings, config),
      createdAt: storedTime(row.created_at),
      ...(this.#options.pusher.standing(row.id) ?? idle(resting)),
    };
  }
}

function selectorIn({ hosts_json: json }: Row): Selector {
  // Safe: routes read it before it is stored.
  return (storedObject(json) as Selector | null) ?? everyHost;
}

function readName(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxName)
    throw badRequest(`name must be a text of 1 to ${maxName} characters`);
  const flaw = flawOfTitle(value.trim());
  if (flaw !== null) throw badRequest(`The name ${flaw}`);
  return value.trim();
}

function readKind(value: unknown): DestinationKind {
  if (value === undefined) return 'remote-write';
  const kind = destinationKinds.find((one) => one === value);
  if (kind === undefined) throw badRequest(`kind must be one of ${destinationKinds.join(', ')}`);
  return kind;
}

function readEnabled(value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') throw badRequest('enabled must be true or false');
  return value;
}

async function rowOf(db: Database, userId: string, id: number): Promise<Row> {
  const row = await db
    .selectFrom('destinations')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('Destination not found');
  return row;
}

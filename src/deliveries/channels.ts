import type { ChannelRow } from '../db/alert-tables.ts';
import type { Database, Stored } from '../db/schema.ts';
import { badRequest, notFound, RequestError } from '../lib/errors.ts';
import { parsed, storedTime } from '../lib/stored.ts';
import { type ChannelKind, maxChannelsOfUser } from '../model/alerts/channel.ts';
import { type ChannelConfig, readConfigOf, shownConfig, withStoredSecrets } from '../notifiers/config.ts';
import { notifierOf, notifiers } from '../notifiers/index.ts';
import { testMessage } from '../notifiers/message.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import { type ChannelBody, readEnabled, readFilter, readName } from './channel-body.ts';
import { ChannelSender, isOk, known, type SenderOptions } from './sender.ts';

/** A channel as it is shown: secrets are masked. `config` is null if it cannot be opened. */
export type ChannelView = {
  readonly id: number;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly filter: unknown;
  readonly config: ChannelConfig | null;
  readonly state: ChannelRow['state'];
  readonly stateAt: string;
  readonly error: string | null;
  readonly createdAt: string;
};

type Row = Stored<ChannelRow>;
export type ChannelsOptions = SenderOptions & {
  /** A new key for a message. */
  readonly newKey: () => string;
  /** Where people open Sonde; null: unknown. */
  readonly baseUrl?: string | null;
  /** Is told when a user's channels are others, or one may work again. */
  readonly onChange?: (userId: string) => Promise<void>;
};

/** Where users are told what happens. Throws 404 alike for channels that are not there and those of others. */
export class Channels {
  readonly #options: ChannelsOptions;
  readonly #sender: ChannelSender;
  readonly #testing = new Set<number>();

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#sender = new ChannelSender(options);
  }

  async list(userId: string): Promise<readonly ChannelView[]> {
    const { db } = this.#options;
    const rows = await db.selectFrom('channels').selectAll().where('user_id', '=', userId).orderBy('id').execute();
    return rows.map((row) => this.#view(row));
  }

  /** Throws 400 for what is wrong with it, and for a channel too many. */
  async create(userId: string, body: ChannelBody): Promise<ChannelView> {
    const { db, clock } = this.#options;
    const notifier = notifierOf(String(body.kind));
    if (notifier === null) throw badRequest(`kind must be one of ${notifiers.map(({ kind }) => kind).join(', ')}`);
    const config = readConfigOf(notifier, body.config);
    const now = clock.now();
    const values = {
      user_id: userId,
      kind: notifier.kind,
      name: readName(body.name),
      enabled: Number(readEnabled(body.enabled, true)),
      filter_json: JSON.stringify(readFilter(body.filter)),
      config_sealed: null,
      state: 'ok' as const,
      state_at: now,
      error: null,
      created_at: now,
      updated_at: now,
    };
    const row = await db.transaction().execute(async (transaction) => {
      const others = await transaction.selectFrom('channels').select('id').where('user_id', '=', userId).execute();
      if (others.length >= maxChannelsOfUser)
        throw badRequest(`You can have at most ${maxChannelsOfUser} channels; remove one first`);
      const { id } = await transaction.insertInto('channels').values(values).returning('id').executeTakeFirstOrThrow();
      const config_sealed = this.#sender.seal(id, config);
      return transaction
        .updateTable('channels')
        .set({ config_sealed })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    await this.#options.onChange?.(userId);
    return this.#view(row);
  }

  /** Changes what is sent. Masks in the configuration stand for what is stored. */
  async update(userId: string, id: number, body: ChannelBody): Promise<ChannelView> {
    const { db, clock } = this.#options;
    const row = await db.transaction().execute(async (transaction) => {
      const before = await rowOf(transaction, userId, id);
      const notifier = known(before);
      if (body.kind !== undefined && body.kind !== before.kind)
        throw badRequest('The kind of a channel cannot be changed: add another channel');
      const config =
        body.config === undefined
          ? null
          : readConfigOf(notifier, withStoredSecrets(notifier, this.#sender.open(before) ?? {}, body.config));
      return transaction
        .updateTable('channels')
        .set({
          name: body.name === undefined ? before.name : readName(body.name),
          enabled: Number(readEnabled(body.enabled, before.enabled === 1)),
          filter_json: body.filter === undefined ? before.filter_json : JSON.stringify(readFilter(body.filter)),
          ...(config === null ? {} : { config_sealed: this.#sender.seal(id, config), ...isOk(clock.now()) }),
          updated_at: clock.now(),
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    await this.#options.onChange?.(userId);
    return this.#view(row);
  }

  /** Resolves with its name. */
  async remove(userId: string, id: number): Promise<string> {
    const { db } = this.#options;
    const { name } = await rowOf(db, userId, id);
    await db.deleteFrom('channels').where('id', '=', id).where('user_id', '=', userId).execute();
    await this.#options.onChange?.(userId);
    return name;
  }

  /** Sends a test message now, and answers what the service said. Throws 409 while another test runs. */
  async test(userId: string, id: number): Promise<{ readonly name: string; readonly verdict: Verdict }> {
    const row = await rowOf(this.#options.db, userId, id);
    if (this.#testing.has(id)) throw new RequestError(409, 'A test of this channel is running. Wait for its answer');
    this.#testing.add(id);
    try {
      const { clock, newKey, baseUrl = null } = this.#options;
      const verdict = await this.#sender.send(row, testMessage({ key: newKey(), at: clock.now(), baseUrl }));
      await this.#sender.note(this.#options.db, row, verdict);
      if (verdict.result === 'sent') await this.#options.onChange?.(userId);
      return { name: row.name, verdict };
    } finally {
      this.#testing.delete(id);
    }
  }

  #view(row: Row): ChannelView {
    const [config, notifier] = [this.#sender.open(row), notifierOf(row.kind)];
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      enabled: row.enabled === 1,
      filter: parsed(row.filter_json) ?? {},
      config: config === null || notifier === null ? null : shownConfig(notifier, config),
      state: row.state,
      stateAt: storedTime(row.state_at),
      error: row.error,
      createdAt: storedTime(row.created_at),
    };
  }
}

async function rowOf(db: Database, userId: string, id: number): Promise<Row> {
  const row = await db
    .selectFrom('channels')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('Channel not found');
  return row;
}

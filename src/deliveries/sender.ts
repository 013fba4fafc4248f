import type { ChannelRow } from '../db/alert-tables.ts';
import type { Database, Stored } from '../db/schema.ts';
import { badRequest } from '../lib/errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { storedObject } from '../lib/stored.ts';
import { channelSecretOf } from '../model/alerts/channel.ts';
import type { Message } from '../model/alerts/message.ts';
import type { ChannelConfig } from '../notifiers/config.ts';
import { notifierOf } from '../notifiers/index.ts';
import type { Notifier, Verdict } from '../notifiers/notifier.ts';
import type { Send } from '../notifiers/send.ts';

export type SenderOptions = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly send: Send;
};

type Row = Stored<ChannelRow>;

/** Sends messages to channels as they are stored: tests and the outbox use the same. */
export class ChannelSender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** The configuration; null if it was sealed with another key, or is damaged. */
  open({ id, config_sealed: sealed }: Row): ChannelConfig | null {
    if (sealed === null) return null;
    try {
      return storedObject(this.#options.sealer.open(sealed, channelSecretOf(id)));
    } catch {
      return null;
    }
  }

  seal(id: number, config: ChannelConfig): string {
    return this.#options.sealer.seal(JSON.stringify(config), channelSecretOf(id));
  }

  /** Never throws for what a service does. What a service wants to be called from now on is used at once. */
  async send(row: Row, message: Message): Promise<Verdict> {
    const { db, send } = this.#options;
    const config = this.open(row);
    if (config === null)
      return { result: 'refused', answer: 'The configuration cannot be opened with this sealing key: enter it again' };
    const owner = await db.selectFrom('users').select('is_admin').where('id', '=', row.user_id).executeTakeFirst();
    const once = (with_: ChannelConfig) => send(known(row), with_, message, owner?.is_admin === 1);
    const first = await once(config);
    if (first.change === undefined) return first;
    return { ...(await once({ ...config, ...first.change })), change: first.change };
  }

  /** Keeps what sending showed, and what the service wants to be called, unless somebody edited the channel meanwhile. */
  async note(db: Database, row: Row, verdict: Verdict): Promise<void> {
    const now = this.#options.clock.now();
    const state = verdict.result === 'refused' ? ('refused' as const) : ('failing' as const);
    const config = verdict.change === undefined ? null : { ...this.open(row), ...verdict.change };
    await db
      .updateTable('channels')
      .set({
        ...(verdict.result === 'sent' ? isOk(now) : { state, state_at: now, error: verdict.answer }),
        ...(config === null ? {} : { config_sealed: this.seal(row.id, config) }),
      })
      .where('id', '=', row.id)
      .where('config_sealed', '=', row.config_sealed)
      .execute();
  }
}

/** What a channel is like that works. */
export function isOk(now: number) {
  return { state: 'ok' as const, state_at: now, error: null };
}

/** Throws 400 for a kind of a newer version. */
export function known({ kind }: Pick<Row, 'kind'>): Notifier {
  const notifier = notifierOf(kind);
  if (notifier === null) throw badRequest(`This version of Sonde does not know channels of the kind ${kind}`);
  return notifier;
}

import type { ChannelRow, DeliveryRow } from '../db/alert-tables.ts';
import type { Database, Stored, Transaction } from '../db/schema.ts';
import type { Message } from '../model/alerts/message.ts';
import { noticeMessage } from '../notifiers/message.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import { logAll } from './incident-log.ts';
import { waitAfter } from './plan.ts';
import type { ChannelSender } from './sender.ts';

export type ResultOptions = {
  readonly db: Database;
  readonly sender: ChannelSender;
  readonly now: () => number;
  readonly random: () => number;
  readonly newKey: () => string;
  readonly baseUrl: string | null;
  /** Which process this is. */
  readonly claimant: string;
};

type Channel = Stored<ChannelRow>;
type Delivery = Stored<DeliveryRow>;

const noticeGapMs = 3_600_000;

/** Keeps what became of deliveries: in their rows, in the logs of incidents, and in what the owner's other channels are told. */
export class Results {
  readonly #options: ResultOptions;
  /** When the other channels were last told that a channel does not work. */
  readonly #noticed = new Map<number, number>();

  constructor(options: ResultOptions) {
    this.#options = options;
  }

  /** In one transaction. What somebody else claimed meanwhile is left alone. Throws StorageError. */
  async record(channel: Channel, delivery: Delivery, message: Message | null, verdict: Verdict): Promise<void> {
    const { db, sender, random, claimant } = this.#options;
    const wait = verdict.result === 'again' ? waitAfter(delivery.attempt, verdict.afterMs, random()) : null;
    const isDead = verdict.result === 'dead' || (verdict.result === 'again' && wait === null);
    await db.transaction().execute(async (transaction) => {
      const own = await transaction
        .updateTable('deliveries')
        .set({
          ...this.#rowAfter(verdict, wait, isDead, delivery),
          claimed_by: null,
          lease_until: null,
          answer: verdict.answer,
        })
        .where('id', '=', delivery.id)
        .where('claimed_by', '=', claimant)
        .executeTakeFirst();
      if (own.numUpdatedRows === 0n) return;
      await this.#log(transaction, channel, delivery, verdict, isDead);
      await sender.note(transaction, channel, verdict);
      if (verdict.result === 'refused') await this.#waitAgain(transaction, channel.id);
      if (verdict.result === 'refused' || isDead)
        await this.#notice(transaction, channel, delivery, message, verdict.answer, verdict.result === 'refused');
    });
  }

  #rowAfter(verdict: Verdict, wait: number | null, isDead: boolean, delivery: Delivery) {
    const now = this.#options.now();
    if (verdict.result === 'sent') return { state: 'sent' as const, sent_at: now };
    if (isDead) return { state: 'dead' as const };
    if (verdict.result === 'refused')
      return { state: delivery.kind === 'notice' ? ('pending' as const) : ('waiting' as const), due_at: now };
    return { state: 'pending' as const, due_at: now + (wait ?? 0) };
  }

  async #log(
    transaction: Transaction,
    { name: by }: Channel,
    { id, attempt }: Delivery,
    verdict: Verdict,
    isDead: boolean,
  ) {
    const at = this.#options.now();
    const items = await transaction
      .selectFrom('delivery_items')
      .select('incident_id')
      .distinct()
      .where('delivery_id', '=', id)
      .execute();
    const ids = items.map((item) => item.incident_id);
    const { answer } = verdict;
    if (verdict.result === 'sent') await logAll(transaction, ids, { at, what: 'told', by, text: '' });
    else if (isDead) await logAll(transaction, ids, { at, what: 'failed', by, text: `Given up: ${answer}` });
    else if (verdict.result === 'refused')
      await logAll(transaction, ids, { at, what: 'failed', by, text: `Waits until the channel works: ${answer}` });
    else if (attempt === 1) await logAll(transaction, ids, { at, what: 'failed', by, text: `Tried again: ${answer}` });
  }

  /** Nothing of it arrived, so what waits is composed anew when the channel works: it tells what is true then. */
  async #waitAgain(transaction: Transaction, channelId: number): Promise<void> {
    await transaction
      .updateTable('deliveries')
      .set({ state: 'waiting', due_at: this.#options.now() })
      .where('channel_id', '=', channelId)
      .where('state', '=', 'pending')
      .where('kind', '!=', 'notice')
      .execute();
  }

  /** Tells the owner's other channels, at most once an hour; a notice that does not arrive makes no other notice. */
  async #notice(
    transaction: Transaction,
    channel: Channel,
    { kind }: Delivery,
    message: Message | null,
    answer: string,
    isRefused: boolean,
  ): Promise<void> {
    const { now, newKey, baseUrl } = this.#options;
    const at = now();
    const last = this.#noticed.get(channel.id) ?? 0;
    if (kind === 'notice' || Math.abs(at - last) < noticeGapMs) return;
    this.#noticed.set(channel.id, at);
    const others = await transaction
      .selectFrom('channels')
      .select('id')
      .where('user_id', '=', channel.user_id)
      .where('id', '!=', channel.id)
      .where('enabled', '=', 1)
      .where('state', '!=', 'refused')
      .execute();
    const untold = message === null ? [] : [message.title, ...message.lines];
    for (const { id } of others) {
      const key = newKey();
      const notice = noticeMessage(channel.name, answer, isRefused, untold, { key, at, baseUrl });
      await transaction
        .insertInto('deliveries')
        .values({
          channel_id: id,
          kind: 'notice',
          state: 'pending',
          due_at: at,
          claimed_by: null,
          lease_until: null,
          key,
          body_json: JSON.stringify(notice),
          answer: null,
          created_at: at,
          sent_at: null,
        })
        .execute();
    }
  }
}

import type { Alerts } from '../alerts/alerts.ts';
import type { Tell } from '../alerts/store.ts';
import type { Clock } from '../ports/clock.ts';
import { Channels } from './channels.ts';
import { DeliveryList } from './delivery-list.ts';
import { Heartbeat, type HeartbeatOptions } from './heartbeat.ts';
import { Outbox } from './outbox.ts';
import type { SenderOptions } from './sender.ts';

export type DeliveriesOptions = SenderOptions &
  HeartbeatOptions & {
    readonly clock: Clock;
    /** A new key for a message. */
    readonly newKey: () => string;
    /** Where people open Sonde; null: unknown. */
    readonly baseUrl: string | null;
    readonly onError: (error: unknown) => void;
  };

type Followed = Pick<Alerts, 'hostOf' | 'behind' | 'untold' | 'tellAgain' | 'pulse'>;

/** Channels, what is sent to them, and what was. It is open before alerts are, and closed after them. */
export class Deliveries {
  readonly channels: Channels;
  readonly list: DeliveryList;
  readonly outbox: Outbox;
  readonly heartbeat: Heartbeat;
  /** Where links in messages lead; null: messages have none. */
  readonly baseUrl: string | null;
  #alerts: Followed | null = null;

  constructor(options: DeliveriesOptions) {
    const { db, clock, baseUrl, onError } = options;
    this.baseUrl = baseUrl;
    this.outbox = new Outbox({
      ...options,
      hostOf: (hostId) => this.#alerts?.hostOf(hostId) ?? null,
      behind: (hostId) => this.#alerts?.behind(hostId) ?? 0,
      onUntold: (ids) => this.#alerts?.untold(ids),
    });
    this.channels = new Channels({ ...options, onChange: (userId) => this.#changed(userId) });
    this.heartbeat = new Heartbeat(options);
    this.list = new DeliveryList(db, clock, () => void this.outbox.pass().catch(onError));
  }

  get tell(): Tell {
    return this.outbox.tell;
  }

  /** Begins to send: what was on its way when Sonde ended, and what these alerts tell. */
  async follow(alerts: Followed): Promise<void> {
    this.#alerts = alerts;
    await this.outbox.start();
    await this.heartbeat.start(() => alerts.pulse.isBeating);
  }

  /** What is being sent is finished, or goes back when the signal is aborted. */
  async close(signal: AbortSignal): Promise<void> {
    await this.heartbeat[Symbol.asyncDispose]();
    await this.outbox.close(signal);
  }

  async #changed(userId: string): Promise<void> {
    this.#alerts?.tellAgain(userId);
    await this.outbox.wake(userId);
  }
}

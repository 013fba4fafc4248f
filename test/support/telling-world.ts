/** Alerts that are told: everything between an observation and what a service is sent, on a clock of the tests' own. */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OwnSources } from '../../src/alerts/own/watch.ts';
import { Deliveries } from '../../src/deliveries/deliveries.ts';
import { createSealer } from '../../src/lib/seal.ts';
import type { ChannelKind } from '../../src/model/alerts/channel.ts';
import type { Message } from '../../src/model/alerts/message.ts';
import type { Verdict } from '../../src/notifiers/notifier.ts';
import { ann, live, type World } from './alerts-world.ts';

const sealer = createSealer(randomBytes(32));
let keys = 0;

/** What a channel was sent: when, in seconds since the world began, and to which channel. */
export type Sent = { readonly after: number; readonly channel: string; readonly message: Message };

/** A life of Sonde that tells. `answer`: what services answer; by default, they take everything. */
export async function tellingLife(world: World, ranUntil: number | null = null, own: OwnSources | null = null) {
  const begin = 1_700_000_000_000;
  const sent: Sent[] = [];
  const errors: Error[] = [];
  let isDead = false;
  let answer: (channel: string, message: Message) => Verdict | Promise<Verdict> = () => {
    return { result: 'sent', answer: 'ok' };
  };
  const deliveries = new Deliveries({
    db: world.db,
    sealer,
    clock: { now: () => world.now + world.skewMs, monotonic: () => world.now },
    newKey: () => `key-${++keys}`,
    baseUrl: 'https://sonde.example',
    ping: async () => ({ result: 'sent', answer: 'ok' }),
    trouble: () => null,
    send: async (_notifier, config, message) => {
      if (isDead) return new Promise(() => {});
      const channel = String(config.topic ?? config.routingKey ?? config.url);
      sent.push({ after: (world.now - begin) / 1_000, channel, message });
      return answer(channel, message);
    },
    onError: (error) => void errors.push(error as Error),
  });
  const sonde = await live(world, {
    ranUntil,
    own,
    tells: deliveries.tell,
    onError: (error) => void errors.push(error as Error),
  });
  await deliveries.follow(sonde.alerts);
  /** Lets time pass, a second at a time (10 s at a time where it is long), with what Sonde does meanwhile. */
  const pass = async (
    seconds: number,
    every: (second: number) => void = () => {},
    step: number = seconds > 200 ? 10 : 1,
  ): Promise<void> => {
    for (let second = 0; second < seconds && !isDead; second += 1) {
      world.now += 1_000;
      every(second);
      if (second % 10 === 9) await sonde.alerts.sweep();
      if (second % step !== step - 1) continue;
      // Seconds are turns of the event loop, as if they passed.
      await nextTurn();
      await sonde.alerts.flush();
      await nextTurn();
      await deliveries.outbox.pass();
      await deliveries.outbox.settled();
    }
  };
  return {
    ...sonde,
    world,
    deliveries,
    sent,
    errors,
    titles: () => sent.map(({ message }) => message.title),
    answers: (next: typeof answer) => {
      answer = next;
    },
    pass,
    /** A channel of the kind ntfy, by its topic, or of another kind. */
    channel: async (topic: string, more: object = {}, kind: ChannelKind = 'ntfy') => {
      const config = kind === 'ntfy' ? { topic } : kind === 'pagerduty' ? { routingKey: topic } : { url: topic };
      return (await deliveries.channels.create(ann.id, { kind, name: topic, config, ...more })).id;
    },
    /** Goes down for two minutes and a little, seen every 10 s. */
    fall: (hostIds: readonly number[], seconds = 130) =>
      pass(seconds, (second) => {
        if (second % 10 === 0) for (const id of hostIds) sonde.down(id);
      }),
    log: async (incidentId: number) =>
      (await sonde.alerts.incidents.logOf(incidentId)).map(({ what, by, text }) => [what, by, text].join(' ').trim()),
    /** Sends nothing any more, as after a kill. */
    kill: () => {
      isDead = true;
    },
    end: async () => {
      await sonde.alerts[Symbol.asyncDispose]();
      await deliveries.close(AbortSignal.timeout(2_000));
    },
  };
}

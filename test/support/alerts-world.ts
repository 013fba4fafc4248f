/** Alerts on a database and a clock of their own, without hosts. */

import { Alerts, type AlertsOptions } from '../../src/alerts/alerts.ts';
import type { Tell } from '../../src/alerts/store.ts';
import { openEmbedded } from '../../src/backends/embedded.ts';
import { collectors } from '../../src/collectors/index.ts';
import type { Database } from '../../src/db/schema.ts';
import { openDatabase } from '../../src/db/sqlite.ts';
import type { AlertHost } from '../../src/model/alerts/host.ts';
import type { Observation, Sample } from '../../src/model/observation.ts';
import { writeSnapshots } from '../../src/snapshots/writer.ts';

/** Whose hosts they are. */
export const ann = { id: 'ann', username: 'ann' };
const refused = { stage: 'tcp', reason: 'refused', message: 'Nothing listens', hint: '' } as const;
const noNetwork = { stage: 'sonde', reason: 'no-network', message: 'No network', hint: '' } as const;

/** A host that is checked and sampled every 30 s. */
export function hostOf(id: number, more: Partial<AlertHost> = {}): AlertHost {
  return {
    id,
    ownerId: 'ann',
    name: `host ${id}`,
    address: `192.0.${id}.1`,
    tags: [],
    folder: '',
    statusCheckEnabled: true,
    statusIntervalSeconds: 30,
    metricsEnabled: true,
    collectAlways: true,
    metricsIntervalSeconds: 30,
    parents: [],
    ...more,
  };
}

/** A sample with these facts, by the names of their sections. */
export function sampleOf(facts: Readonly<Record<string, unknown>>, at: number): Sample {
  const sections = Object.entries(facts).map(([name, one]) => {
    return { name, facts: one, source: '', error: null, collectedAt: at, parts: null };
  });
  return { sections, bootId: 'b', readAt: at };
}

/** Ann and Ben. */
export async function addUsers(db: Database): Promise<void> {
  for (const id of ['ann', 'ben'])
    await db
      .insertInto('users')
      .values({
        id,
        username: id,
        name_key: id,
        password_hash: 'x',
        is_admin: 0,
        totp_sealed: null,
        totp_pending: null,
        totp_last_step: 0,
        backup_codes: '[]',
        created_at: 1,
      })
      .execute();
}

/** `skewMs`: what the wall clock is ahead by, of a clock that never jumps. */
export type World = { db: Database; now: number; skewMs: number; hosts: AlertHost[] };

/** `tells`: whether somebody is told of incidents, or what tells them. */
type More = Partial<Pick<AlertsOptions, 'ranUntil' | 'past' | 'contextOf' | 'own' | 'onError'>> & {
  readonly tells?: boolean | Tell;
};

/** A life of Sonde in a world that outlives it. */
export async function live(world: World, { tells = true, ...more }: More = {}) {
  const thrown = (error: unknown): void => {
    throw error;
  };
  const { bus, snapshots } = openEmbedded(more.onError ?? thrown);
  writeSnapshots(bus, snapshots);
  const told: string[] = [];
  const asked: number[] = [];
  const tell: Tell = async (_transaction, all) => {
    for (const { transition, incident, behind = 0 } of all) {
      const more = behind === 0 ? '' : ` and ${behind} behind it`;
      told.push(`${transition} ${incident.rule.name} ${incident.hostName}${more}`);
    }
    return [];
  };
  let onHost: (change: number | 'all', isGone: boolean) => void = () => {};
  const alerts = await Alerts.open({
    check: (hostIds) => void asked.push(...hostIds),
    db: world.db,
    bus,
    snapshots,
    collectors,
    ranUntil: null,
    past: null,
    // Whether the machine is busy must change no answer.
    previewMs: 60_000,
    contextOf: () => null,
    ...more,
    clock: { now: () => world.now + world.skewMs, monotonic: () => world.now },
    hosts: async (ids) => world.hosts.filter(({ id }) => ids === undefined || ids.includes(id)),
    onHostChange: (listener) => {
      onHost = listener;
      return () => {};
    },
    tell: tells === true ? tell : tells || null,
    onError: more.onError ?? thrown,
  });
  const see = (hostId: number, more: Partial<Observation>): void =>
    bus.publish({
      hostId,
      at: world.now + world.skewMs,
      alive: true,
      probe: null,
      sample: null,
      failure: null,
      ...more,
    });
  return {
    alerts,
    bus,
    snapshots,
    told,
    /** The hosts whose check was asked for. */
    asked,
    now: (): number => world.now,
    change: (change: number, isGone = false) => onHost(change, isGone),
    pass: (seconds: number): void => {
      world.now += 1000 * seconds;
    },
    up: (hostId = 1) => see(hostId, {}),
    down: (hostId = 1) => see(hostId, { alive: false, failure: refused }),
    /** The jump host on the way to it does not answer. */
    behind: (hostId: number, hop: number) =>
      see(hostId, {
        alive: null,
        failure: { ...refused, stage: 'jump', hop: { index: 0, hostId: hop, name: `host ${hop}`, failure: null } },
      }),
    cutOff: (hostId = 1) => see(hostId, { alive: null, failure: noNetwork }),
    /** A sample with this share of memory (null: not known) and, of a small disk, of `/data` used (null: not mounted). */
    sample(hostId: number, memory: number | null, disk: number | null = 0.1): void {
      const size = 10 * 1024 ** 3;
      const filesystemOf = (used: number) => ({
        filesystem: '/dev/sdb',
        type: 'ext4',
        mount: '/data',
        totalBytes: size,
        usedBytes: used * size,
        availableBytes: (1 - used) * size,
        usedRatio: used,
        inodesTotal: null,
        inodesUsed: null,
      });
      const facts = {
        uptime: { seconds: world.now / 1000, bootId: 'b' },
        memory: {
          totalBytes: 100,
          usedBytes: memory === null ? null : 100 * memory,
          swapTotalBytes: 0,
          swapUsedBytes: 0,
          pressure: null,
        },
        disk: { filesystems: disk === null ? [] : [filesystemOf(disk)], devices: [], pressure: null },
      };
      see(hostId, { sample: sampleOf(facts, world.now + world.skewMs) });
    },
    /** A sample of which a section could not be read. */
    failing(hostId: number, section: string): void {
      const { sections, ...sample } = sampleOf({ [section]: null }, world.now + world.skewMs);
      const error = { reason: 'timed-out', message: 'It did not end', hint: '' } as const;
      see(hostId, { sample: { ...sample, sections: sections.map((one) => ({ ...one, error })) } });
    },
    async incidents(state?: 'open' | 'closed') {
      await alerts.flush();
      return alerts.incidents.list(ann, { limit: 1_000, state });
    },
  };
}

/** Nothing has happened in it yet. */
export async function newWorld(hosts: AlertHost[] = [hostOf(1)]): Promise<World> {
  const db = openDatabase(':memory:');
  await addUsers(db);
  return { db, now: 1_700_000_000_000, skewMs: 0, hosts };
}

/** Does the same again and again, some seconds apart. */
export function repeat(
  times: number,
  seconds: number,
  sonde: { pass: (seconds: number) => void },
  action: () => void,
): void {
  for (let count = 0; count < times; count += 1) {
    action();
    sonde.pass(seconds);
  }
}

/** A host in the database, where what is stored refers to it. */
export async function hostRow(db: Database, id: number): Promise<void> {
  const values = { id, user_id: 'ann', name: `host ${id}`, ip: `192.0.2.${id}`, port: 22, username: 'x' };
  // The rest has defaults, or is not asked for here.
  const columns = await db.selectFrom('hosts').selectAll().where('id', '=', id).execute();
  if (columns.length === 0)
    await db
      .insertInto('hosts')
      .values(rowOf(values) as never)
      .execute();
}

function rowOf(values: object) {
  return {
    connection_type: 'ssh',
    credential_id: null,
    auth_type: 'none',
    password_sealed: null,
    key_sealed: null,
    key_password_sealed: null,
    key_opened_sealed: null,
    certificate: null,
    agent_key: '',
    stats_config: '{}',
    extra: '{}',
    created_at: 1,
    updated_at: 1,
    ...values,
  };
}

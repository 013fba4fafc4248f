import type { Database } from '../../db/schema.ts';
import { badRequest, RequestError } from '../../lib/errors.ts';
import { defaultDeniedNetworks } from '../../lib/names/denied-networks.ts';
import { placeOf } from '../../lib/names/place.ts';
import { isNetwork } from '../../lib/networks.ts';
import { parsed } from '../../lib/stored.ts';
import type { GlobalSettings, HistorySettings } from '../../model/settings.ts';
import type { Changes } from '../access/changes.ts';
import { requireHostKeyPolicy, requireInterval } from '../fields/policy.ts';
import { historyOf, historyRow, readHistoryChange, storedChoice } from './history-settings.ts';

const defaults: Omit<GlobalSettings, 'collectAlways'> = {
  statusCheckInterval: 60,
  metricsInterval: 30,
  hostKeyPolicy: 'first-sight',
  deniedNetworks: defaultDeniedNetworks,
  canaries: [],
};

/** What a change of the settings changed. */
export type SettingsChange = {
  readonly before: GlobalSettings;
  readonly saved: GlobalSettings;
  readonly different: ReadonlySet<keyof GlobalSettings>;
};

type Readers = { readonly [Name in keyof GlobalSettings]: (value: unknown) => GlobalSettings[Name] };

/** What each setting accepts; throws 400 for anything else. */
const readers: Readers = {
  statusCheckInterval: (value) => requireInterval('statusCheckInterval', value),
  metricsInterval: (value) => requireInterval('metricsInterval', value),
  collectAlways: (value) => {
    if (typeof value !== 'boolean') throw badRequest('collectAlways must be true or false');
    return value;
  },
  hostKeyPolicy: requireHostKeyPolicy,
  deniedNetworks: requireNetworks,
  canaries: requireCanaries,
};
const maxNetworks = 200;
const maxCanaries = 5;

function requireNetworks(value: unknown): readonly string[] {
  const sentence = `deniedNetworks must be a list of at most ${maxNetworks} addresses and networks such as 10.0.0.0/8`;
  if (!Array.isArray(value) || value.length > maxNetworks) throw badRequest(sentence);
  if (!value.every((one) => typeof one === 'string' && isNetwork(one))) throw badRequest(sentence);
  return [...new Set(value as readonly string[])];
}

function requireCanaries(value: unknown): readonly string[] {
  const isPlace = (one: unknown): boolean => typeof one === 'string' && placeOf(one) !== null;
  if (!Array.isArray(value) || value.length > maxCanaries || !value.every(isPlace))
    throw badRequest(
      `canaries must be a list of at most ${maxCanaries} addresses with a port, such as 192.0.2.1:443 or [2001:db8::1]:443`,
    );
  return [...new Set(value as readonly string[])];
}

/** The history settings, and what the page has to say about them. */
export type HistoryStanding = {
  readonly settings: HistorySettings;
  /** False: Sonde was in use before it had history, and no admin has been informed yet. */
  readonly announced: boolean;
};

type Rows = { readonly known: Partial<GlobalSettings>; readonly history: string | undefined };

/** The global settings, one row each. */
export function createSettings(db: Database, changed: Changes['changed']) {
  async function getSettings(from: Database = db): Promise<GlobalSettings> {
    return settingsOf(await readRows(from));
  }
  return {
    get: (): Promise<GlobalSettings> => getSettings(),
    /** How hosts are monitored: history samples them even while nobody is looking, unless their own settings say no. */
    applied: async (): Promise<GlobalSettings> => {
      const rows = await readRows(db);
      const settings = settingsOf(rows);
      const { enabled } = historyOf(storedChoice(rows.history), rows.known.collectAlways);
      return { ...settings, collectAlways: settings.collectAlways || enabled };
    },
    /** Whether an admin has ever chosen when hosts are sampled. */
    async isCollectionChosen(): Promise<boolean> {
      const found = db.selectFrom('settings').select('name').where('name', '=', 'collectAlways');
      return (await found.executeTakeFirst()) !== undefined;
    },
    /**
     * Changes one or more settings. Throws 400 that names the field, and then changes nothing. Returns the settings as
     * they are now, and which ones differ from before.
     */
    async set(sent: Readonly<Record<string, unknown>>): Promise<SettingsChange> {
      const changes = Object.entries(readers).flatMap(([name, read]) =>
        sent[name] === undefined ? [] : [{ name, value: JSON.stringify(read(sent[name])) }],
      );
      if (changes.length === 0) throw badRequest(`One of ${Object.keys(readers).join(', ')} is required`);
      const [before, saved] = await db.transaction().execute(async (transaction) => {
        const old = await getSettings(transaction);
        for (const { name, value } of changes) await save(transaction, name, value);
        return [old, await getSettings(transaction)] as const;
      });
      const names = Object.keys(readers).filter(isSetting);
      const different = new Set(names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(saved[name])));
      // What lists show of every host.
      if (different.has('collectAlways')) changed('all');
      return { before, saved, different };
    },
    history: createHistory(db, changed),
  };
}

/** Until somebody chooses when hosts are sampled, history decides: a form that is saved as it is shown changes nothing. */
function settingsOf({ known, history }: Rows): GlobalSettings {
  const { enabled } = historyOf(storedChoice(history), undefined);
  return { ...defaults, collectAlways: enabled, ...known };
}

/** Whether history is kept, and for how long. */
function createHistory(db: Database, changed: Changes['changed']) {
  async function standing(from: Database = db): Promise<HistoryStanding> {
    const { known, history } = await readRows(from);
    const choice = storedChoice(history);
    return { settings: historyOf(choice, known.collectAlways), announced: choice.announced ?? true };
  }
  return {
    get: (): Promise<HistoryStanding> => standing(),
    /** Changes the fields that were sent. Throws 400 that names the field, and then changes nothing. */
    async set(sent: Readonly<Record<string, unknown>>) {
      const [before, saved] = await db.transaction().execute(async (transaction) => {
        const old = await standing(transaction);
        const choice = storedChoice((await readRows(transaction)).history);
        const change = readHistoryChange(sent, old.settings);
        await save(transaction, historyRow, JSON.stringify({ ...choice, ...change }));
        return [old, await standing(transaction)] as const;
      });
      if (before.settings.enabled !== saved.settings.enabled) changed('all');
      return { before, saved };
    },
  };
}

/** Rows that cannot be read count as not set. */
async function readRows(from: Database): Promise<Rows> {
  const rows = await from.selectFrom('settings').selectAll().execute();
  const read = rows.flatMap(({ name, value }) => {
    const reader = isSetting(name) ? readers[name] : null;
    try {
      return reader ? [[name, reader(parsed(value))] as const] : [];
    } catch (error) {
      if (error instanceof RequestError) return [];
      throw error;
    }
  });
  return { known: Object.fromEntries(read), history: rows.find(({ name }) => name === historyRow)?.value };
}

async function save(transaction: Database, name: string, value: string): Promise<void> {
  await transaction
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

function isSetting(name: string): name is keyof GlobalSettings {
  return Object.hasOwn(readers, name);
}

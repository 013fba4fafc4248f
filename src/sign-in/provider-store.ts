import type { Database } from '../db/schema.ts';
import { badRequest, RequestError } from '../lib/errors.ts';
import { clip } from '../lib/plain-data.ts';
import { SealError, type Sealer } from '../lib/seal.ts';
import { storedObject } from '../lib/stored.ts';
import { signInSecret } from '../model/people/sign-in.ts';
import { readConfigOf, shownConfig, withStoredSecrets } from '../notifiers/config.ts';
import { providerConfig, type SentSettings } from './settings.ts';

/** Where the settings of the provider come from; `none`: there are none; `sealed`: this sealing key does not open them. */
export type ProviderSource = 'none' | 'page' | 'file' | 'sealed';

const id = 1;
const maxName = 60;

/**
 * Checks settings as they are sent. Throws 400 that names the field, also for one that does not exist: a slip in the name of a
 * setting that keeps people out would let them in.
 */
export function readSettings(sent: unknown): SentSettings {
  const names = Object.keys(providerConfig.config.properties);
  // Of an object only: each character of a text, and each entry of a list, would be a name.
  const isObject = typeof sent === 'object' && sent !== null && !Array.isArray(sent);
  const unknown = isObject ? Object.keys(sent).find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined)
    throw badRequest(
      `config.${clip(unknown, maxName)} is not a setting of the provider. These are: ${names.join(', ')}`,
    );
  // Safe: it was checked against the schema.
  return readConfigOf(providerConfig, sent) as SentSettings;
}

/** The settings of the one provider: from the operator's file if there is one, otherwise from the database. */
export class ProviderStore {
  readonly #db: Database;
  readonly #sealer: Sealer;
  readonly #fixed: SentSettings | null;
  #stored: SentSettings | 'sealed' | null = null;

  constructor(db: Database, sealer: Sealer, fixed: SentSettings | null) {
    this.#db = db;
    this.#sealer = sealer;
    this.#fixed = fixed;
  }

  async load(): Promise<void> {
    const found = this.#db.selectFrom('sign_in_provider').select('config_sealed').where('id', '=', id);
    const sealed = (await found.executeTakeFirst())?.config_sealed;
    if (sealed === undefined) return;
    try {
      // Safe: it was checked before it was sealed.
      this.#stored = (storedObject(this.#sealer.open(sealed, signInSecret)) as SentSettings | null) ?? 'sealed';
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.#stored = 'sealed';
    }
  }

  current(): SentSettings | null {
    return this.#fixed ?? (this.#stored === 'sealed' ? null : this.#stored);
  }

  source(): ProviderSource {
    if (this.#fixed !== null) return 'file';
    return this.#stored === null ? 'none' : this.#stored === 'sealed' ? 'sealed' : 'page';
  }

  /** As they may be shown. */
  shown(): Readonly<Record<string, unknown>> | null {
    const settings = this.current();
    return settings && shownConfig(providerConfig, settings);
  }

  /** What was sent, with the stored secret where its mask came back. Throws 400. */
  read(sent: unknown): SentSettings {
    return readSettings(withStoredSecrets(providerConfig, this.current() ?? {}, sent));
  }

  /** Throws 409 if a file sets them. */
  async set(settings: SentSettings): Promise<void> {
    this.#requireOwn();
    const config_sealed = this.#sealer.seal(JSON.stringify(settings), signInSecret);
    await this.#db
      .insertInto('sign_in_provider')
      .values({ id, config_sealed })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ config_sealed }))
      .execute();
    this.#stored = settings;
  }

  /** Throws 409 if a file sets them. */
  async remove(): Promise<void> {
    this.#requireOwn();
    await this.#db.deleteFrom('sign_in_provider').where('id', '=', id).execute();
    this.#stored = null;
  }

  #requireOwn(): void {
    if (this.#fixed !== null)
      throw new RequestError(409, 'SONDE_OIDC_FILE sets the provider. Change that file and restart Sonde');
  }
}

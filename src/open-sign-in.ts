import type { Logger } from 'pino';
import { type Config, ConfigError } from './config/config.ts';
import { readSmallFile } from './config/secrets.ts';
import type { Database } from './db/schema.ts';
import type { Identity } from './identity/identity.ts';
import { RequestError } from './lib/errors.ts';
import type { Sealer } from './lib/seal.ts';
import { parsed } from './lib/stored.ts';
import type { Clock } from './ports/clock.ts';
import { readSettings } from './sign-in/provider-store.ts';
import type { SentSettings } from './sign-in/settings.ts';
import { SignIn } from './sign-in/sign-in.ts';

const maxFileBytes = 65_536;

/** Signing in with the provider that the operator's file or the page sets. Throws ConfigError for a file that cannot be used. */
export function openSignIn(
  { oidcFile, notifyNetworks, notifyProxy, passwordLogin }: Config,
  logger: Logger,
  { db, sealer }: { readonly db: Database; readonly sealer: Sealer },
  users: Identity,
  clock: Clock,
): Promise<SignIn> {
  const reach = { isAdmin: true, permitted: notifyNetworks, proxy: notifyProxy };
  const fixed = oidcFile === null ? null : readProviderFile(oidcFile);
  const onFault = (message: string): void =>
    logger.warn({ reason: message }, 'Nobody can sign in: the provider does not answer as it should');
  return SignIn.open({ db, sealer, clock, users, reach, fixed, passwordLogin, onFault });
}

/** The settings of a provider in a file of JSON. Throws ConfigError, which never shows what is in the file. */
function readProviderFile(file: string): SentSettings {
  let text: string;
  try {
    text = readSmallFile(file, maxFileBytes).toString('utf8');
  } catch (error) {
    throw new ConfigError(`SONDE_OIDC_FILE cannot be read: ${(error as Error).message}`);
  }
  const value = parsed(text);
  if (value === undefined) throw new ConfigError(`The file ${file} of SONDE_OIDC_FILE is not valid JSON`);
  try {
    return readSettings(value);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new ConfigError(
      `The file ${file} of SONDE_OIDC_FILE cannot be used: ${error.message.replaceAll('config.', '')}`,
    );
  }
}

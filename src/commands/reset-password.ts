import { randomBytes } from 'node:crypto';
import { readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseArgs } from 'node:util';
import { openAudit } from '../audit/audit.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { databaseFile, requireDatabase } from '../config/data-dir.ts';
import { lockDataDir } from '../db/lock.ts';
import { openDatabase } from '../db/sqlite.ts';
import { openIdentity } from '../identity/identity.ts';
import { RequestError } from '../lib/errors.ts';
import { openSealingKey } from '../sealing/open-key.ts';

/**
 * Gives a user a new password, for anybody who can read the data folder: how a locked-out admin gets back in. All of
 * the user's sessions end. Throws ConfigError for what the operator can fix.
 */
export async function resetPassword(
  args: readonly string[],
  config: Config,
  say: (line: string) => void,
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { totp: { type: 'boolean' }, 'api-keys': { type: 'boolean' } },
    allowPositionals: true,
  });
  const [username, ...more] = positionals;
  if (username === undefined || more.length > 0)
    throw new ConfigError('Usage: sonde reset-password USER [--totp] [--api-keys]');
  const { dataDir } = config;
  requireDatabase(dataDir);
  const unlock = lockDataDir(dataDir);
  try {
    const { sealer } = openSealingKey(dataDir, config.sealingKey);
    const db = openDatabase(databaseFile(dataDir));
    try {
      const clock = { now: () => Date.now() };
      // Tokens are neither created nor read here.
      const identity = openIdentity({ db, sealer, clock, jwtSecret: randomBytes(32) });
      const user = await identity.users.knownName(username);
      if (user === null) throw new ConfigError(`There is no user ${JSON.stringify(username)}`);
      const resetTotp = values.totp ?? false;
      const endApiKeys = values['api-keys'] ?? false;
      const input = { newPassword: readPassword(), resetTotp, endApiKeys };
      const { apiKeysLeft, apiKeysEnded } = await identity.passwords.reset(user.id, input);
      const onError = (error: unknown): void => say(`The audit log could not be written: ${String(error)}`);
      const record = openAudit({ db, clock, onError }).record;
      const details = { resetTotp, apiKeysLeft, apiKeysEnded };
      await record({
        action: 'password-reset',
        userId: null,
        username: '',
        target: user.username,
        details,
        via: 'sonde',
      });
      say(
        `${user.username} has a new password${resetTotp ? ' and no second factor' : ''}; all of their sessions ended.`,
      );
      if (!config.passwordLogin)
        say('SONDE_PASSWORD_LOGIN=false turns passwords off: start Sonde without it to log in with this one.');
      if (apiKeysEnded > 0) say(`Their API keys were removed: ${apiKeysEnded}.`);
      if (apiKeysLeft > 0)
        say(`Their API keys still work: ${apiKeysLeft}. Run this again with --api-keys to remove them.`);
    } finally {
      await db.destroy();
    }
  } catch (error) {
    throw error instanceof RequestError ? new ConfigError(error.message) : error;
  } finally {
    unlock();
  }
}

/** The first line of standard input, so that no password appears in a list of processes. */
function readPassword(): string {
  if (isatty(0)) process.stderr.write('New password (it is shown as you type): ');
  const buffer = Buffer.alloc(4096);
  const text = buffer.toString('utf8', 0, readSync(0, buffer));
  return text.split(/\r?\n/)[0] ?? '';
}

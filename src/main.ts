import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { openApp } from './app.ts';
import { ConfigError, readConfig } from './config/config.ts';

const forceExitMs = 4_500;

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function printWelcome(url: string, setupRequired: boolean, setupToken: string | null): void {
  const lines = [``, `  Sonde is at ${url}`, `  The API to try:  ${url}/docs`];
  if (setupRequired) {
    const token = setupToken === null ? '' : ` -H 'X-Setup-Token: ${setupToken}'`;
    lines.push(
      ``,
      `  First, create the admin (choose a password of 8 characters or more):`,
      ``,
      `    curl -s ${url}/users/create -H 'Content-Type: application/json'${token} -d '{"username":"admin","password":"CHANGE-ME"}'`,
      `    curl -s -c sonde.jar ${url}/users/login -H 'Content-Type: application/json' -d '{"username":"admin","password":"CHANGE-ME"}'`,
      ``,
      `  Then watch this very machine:`,
      ``,
      `    curl -s -b sonde.jar ${url}/host/db/host -H 'Content-Type: application/json' -d '{"name":"this machine","ip":"localhost","connectionType":"local"}'`,
      `    curl -s -b sonde.jar -X POST ${url}/metrics/start/1`,
      `    curl -s -b sonde.jar ${url}/metrics/1`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ level: config.logLevel });
  const app = await openApp(config, logger, version());
  printWelcome(app.url, app.setupRequired, app.setupToken);
  let closing = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, 'Closing');
    setTimeout(() => process.exit(1), forceExitMs).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError || (error instanceof Error && error.name === 'DatabaseError')) {
    process.stderr.write(`sonde: ${error.message}\n`);
    process.exit(2);
  }
  process.stderr.write(`sonde: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});

import { pino } from 'pino';
import { expect, test } from 'vitest';
import { frameworkLog } from './framework-log.ts';

function opened(level: string) {
  const lines: { readonly msg: string; readonly reqId?: string }[] = [];
  const logger = pino({ level }, { write: (line) => void lines.push(JSON.parse(line)) });
  const messages = (): readonly string[] => lines.splice(0).map(({ msg, reqId }) => `${reqId ?? ''} ${msg}`.trim());
  return { logger, messages };
}

test('loggers of requests that were made earlier have the new level at once, in both directions', () => {
  const { logger, messages } = opened('info');
  const server = frameworkLog(logger);
  const request = server.child({ reqId: 'r1' });
  const logAll = (): void => {
    for (const one of [server, request]) {
      one.debug('debug');
      one.info('info');
      one.warn('warn');
      one.error('error');
    }
  };
  logAll();
  expect(messages()).toEqual(['warn', 'error', 'r1 warn', 'r1 error']);
  logger.level = 'debug';
  logAll();
  expect(messages()).toEqual(['debug', 'info', 'warn', 'error', 'r1 debug', 'r1 info', 'r1 warn', 'r1 error']);
  logger.level = 'error';
  logAll();
  expect(messages()).toEqual(['error', 'r1 error']);
  logger.level = 'silent';
  logAll();
  expect(messages()).toEqual([]);
});

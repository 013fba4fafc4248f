import { expect, test } from 'vitest';
import { summaryOf, tellingOf } from './telling.ts';

const at = new Date();
at.setHours(14, 3, 0, 0);
const names = {
  host: (id: number) => (id === 17 ? 'bastion' : null),
  maintenance: (id: number) => (id === 3 ? 'Patch night' : null),
  silence: (id: number) => (id === 4 ? at.toISOString() : null),
  hasChannels: true,
};
const quiet = { told: null, failed: null, mutedBy: null, state: 'open' } as const;
const told = { channels: 2, at: at.toISOString() };

test('an incident says to how many channels it was told and when, and where that failed', () => {
  expect(tellingOf({ ...quiet, told }, names)).toEqual({ text: 'Told to 2 channels at 14:03', isBad: false });
  const failed = { channel: 'Team chat', text: 'It answered 404' };
  expect(tellingOf({ ...quiet, told, failed }, names)).toEqual({
    text: 'Told to 2 channels at 14:03; not delivered to Team chat',
    isBad: true,
  });
  expect(tellingOf({ ...quiet, failed }, names).text).toBe('Not delivered to Team chat: It answered 404');
});

test.each([
  ['parent:17', 'Not told: behind bastion, which is down'],
  ['parent:18', 'Not told: behind a host that is down'],
  ['maintenance:3', 'Not told: maintenance “Patch night”'],
  ['silence:4', 'Not told: silenced until 14:03'],
  ['silence:9', 'Not told: silenced'],
  ['vantage', 'Not told: nobody can be told while it lasts'],
  ['flapping', 'Not told: it keeps coming and going'],
  ['info', 'Not told: for information only'],
] as const)('what is kept quiet by %s says why', (mutedBy, text) => {
  expect(tellingOf({ ...quiet, mutedBy }, names)).toEqual({ text, isBad: false });
});

test('what was told and is quiet now says both, while it is open', () => {
  const both = { ...quiet, told, mutedBy: 'silence:4' } as const;
  expect(tellingOf(both, names).text).toBe('Told to 2 channels at 14:03; quiet now: silenced until 14:03');
  expect(tellingOf({ ...both, state: 'closed' }, names).text).toBe('Told to 2 channels at 14:03');
});

test('without a channel nobody is told, which is not a matter of time', () => {
  expect(tellingOf(quiet, names)).toEqual({ text: 'Not told yet', isBad: false });
  expect(tellingOf(quiet, { ...names, hasChannels: false })).toMatchObject({ isBad: true });
  expect(tellingOf({ ...quiet, state: 'closed' }, names).text).toBe('Nobody was told');
});

test('what is wrong with a jump host says how many hosts are behind it', () => {
  expect(summaryOf('It does not answer', 0)).toBe('It does not answer');
  expect(summaryOf('It does not answer', 1)).toBe('It does not answer. 1 host behind it cannot be reached either.');
  expect(summaryOf('Nothing listens there.', 1_212)).toBe(
    'Nothing listens there. 1,212 hosts behind it cannot be reached either.',
  );
});

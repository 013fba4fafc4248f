import { expect, test } from 'vitest';
import { requireGoodPassword } from './rules.ts';

const refusal = (password: string, username = 'Ünal') =>
  requireGoodPassword(password, username).then(
    () => null,
    (error: Error) => error.message,
  );

test('refuses passwords that anybody would try first, and says why', async () => {
  for (const password of [
    'password',
    '12345678',
    'PASSWORD',
    'Password1!',
    'qwertyuiop',
    'iloveyou123',
    'p a s s w o r d',
  ])
    expect([password, await refusal(password)]).toEqual([password, expect.stringContaining('very common')]);
  for (const password of ['        ', 'aaaaaaaa', 'abababababab'])
    expect([password, await refusal(password)]).toEqual([password, expect.stringContaining('repeats')]);
  for (const password of ['Ünal2026!!', 'ÜNALünal', 'u\u0308nal 12345'])
    expect([password, await refusal(password)]).toEqual([password, expect.stringContaining('user name')]);
  expect(await refusal('20261129', '20261129')).toContain('user name');
  for (const password of ['Sonde2026', 'sonde-sonde'])
    expect([password, await refusal(password)]).toEqual([password, expect.stringContaining('service')]);
  expect(await refusal('  abc    ')).toContain('not counting spaces');
  expect(await refusal('short')).toContain('at least 8');
  expect(await refusal('x'.repeat(1_025))).toContain('at most 1024');
});

test('takes others, however they are made', async () => {
  const good = [
    'correct horse battery',
    'quiet harbour',
    'Ünal likes pears',
    'sonde watches',
    'xkqzvwpm',
    'пароль от сарая',
  ];
  for (const password of good) expect([password, await refusal(password)]).toEqual([password, null]);
});

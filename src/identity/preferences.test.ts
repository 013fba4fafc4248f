import { expect, test } from 'vitest';
import { openDatabase } from '../db/sqlite.ts';
import { createPreferences } from './preferences.ts';

test('a saved view has a name that people can tell apart, also if a client other than the page saves it', async () => {
  const preferences = createPreferences(openDatabase(':memory:'));
  const save = (name: unknown) => preferences.set('ann', 'fleet', { views: [{ name: 'Disks' }, { name }] });
  await expect(save('Di\u200bsks')).rejects.toThrow('The name of a view contains invisible characters. Remove them');
  await expect(save('D\u0456sks')).rejects.toThrow('The name of a view mixes letters of different scripts');
});

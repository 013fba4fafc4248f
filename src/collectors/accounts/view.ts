import Type from 'typebox';
import { count, text } from '../../lib/schema.ts';
import type { AccountsFacts } from './facts.ts';

export const accountsSchema = Type.Object({
  accounts: Type.Array(
    Type.Object({
      name: text,
      uid: count,
      canLogIn: Type.Boolean({ description: 'Whether its shell is one that can be used' }),
      becomesRoot: Type.Array(Type.String(), {
        description: 'What lets it become root: `uid 0`, or a group such as `group sudo`',
      }),
    }),
  ),
  groups: Type.Array(text, { description: 'Names of /etc/group' }),
  sudoersFiles: Type.Union([
    Type.Array(text, { description: 'Files in /etc/sudoers.d, by their names alone' }),
    Type.Null(),
  ]),
});

export function accountsView(facts: AccountsFacts | null) {
  return {
    accounts: facts?.accounts ?? [],
    groups: facts?.groups ?? [],
    sudoersFiles: facts?.sudoersFiles ?? null,
  };
}

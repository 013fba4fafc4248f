import { expect, test } from 'vitest';
import { SectionFailure } from '../../model/collector.ts';
import { accounts } from './accounts.ts';

const read = (text: string) => accounts.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
const groups = '@group 2\nsudo:27\nann:1000\n@members\nsudo:x:27:ann\n@sudoers\n';

test('an account may become root by its number, as a member of a group, or as its main group', () => {
  const { facts } = read(
    `@passwd 4\nroot:0:0:/bin/bash\nann:1000:1000:/bin/zsh\nbob:1001:27:/usr/sbin/nologin\neve:1002:1002:\n${groups}`,
  );
  expect(facts.accounts).toEqual([
    { name: 'root', uid: 0, canLogIn: true, becomesRoot: ['uid 0'] },
    { name: 'ann', uid: 1000, canLogIn: true, becomesRoot: ['group sudo'] },
    { name: 'bob', uid: 1001, canLogIn: false, becomesRoot: ['group sudo'] },
    { name: 'eve', uid: 1002, canLogIn: true, becomesRoot: [] },
  ]);
});

test('lines that include a directory, comments and broken lines are no accounts', () => {
  const { facts } = read(`@passwd 5\n+::::\n-eve::::\n# x\nx:y:z\nroot:0:0:/bin/sh\n${groups}`);
  expect(facts.accounts.map(({ name }) => name)).toEqual(['root']);
});

test('more accounts than are sent are counted', () => {
  expect(read(`@passwd 2500\nroot:0:0:/bin/sh\n${groups}`).facts.leftOut).toEqual({ accounts: 500 });
});

test('a folder that may not be listed is told, and its files are not known', () => {
  const { facts, error } = read(`@passwd 1\nroot:0:0:/bin/sh\n${groups}@refused /etc/sudoers.d\n`);
  expect(facts.sudoersFiles).toBeNull();
  expect(error).toMatchObject({ reason: 'not-permitted', message: 'This login may not list /etc/sudoers.d' });
  expect(read(`@passwd 1\nroot:0:0:/bin/sh\n${groups}/etc/sudoers.d/README\n`).facts.sudoersFiles).toEqual([
    '/etc/sudoers.d/README',
  ]);
});

test('macOS, and a host without /etc/passwd, say that there is nothing', () => {
  expect(() => read('@other\n')).toThrow(SectionFailure);
  expect(() => read('@passwd \n@group \n')).toThrow('no readable /etc/passwd');
});

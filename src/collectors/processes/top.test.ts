import { expect, test } from 'vitest';
import { shortName, topProcesses } from './top.ts';

test.each([
  ['/usr/sbin/mysqld --defaults-file=/etc/my.cnf', 'mysqld'],
  ['mysql -uroot -phunter2', 'mysql'],
  ['/usr/bin/python3.11 -u /opt/app/main.py --token=hunter2', 'python3.11 main.py'],
  ['node --max-old-space-size=4096 /srv/web/server.js', 'node server.js'],
  ['nginx: worker process', 'nginx: worker process'],
  ['[kworker/0:1-events]', '[kworker/0:1-events]'],
  ['/opt/strange name/', 'strange'],
  ['', ''],
])('%s is kept as %s', (command, name) => {
  expect(shortName(command)).toBe(name);
});

test('the three highest are kept, and of CPU only those that used some', () => {
  const used = (pid: number, cpuRatio: number | null) => ({ command: `p${pid}`, cpuRatio, residentBytes: 100 - pid });
  const all = [used(1, 0.5), used(2, 0.2), used(3, null), used(4, 0)];
  const section = { name: 'processes', source: 'x', error: null, collectedAt: 0, parts: null };
  expect(topProcesses({ sections: [{ ...section, facts: { topCpu: all, topMemory: all } }] })).toEqual({
    cpu: [
      { name: 'p1', value: 0.5 },
      { name: 'p2', value: 0.2 },
    ],
    memory: [1, 2, 3].map((pid) => ({ name: `p${pid}`, value: 100 - pid })),
  });
  expect(topProcesses({ sections: [{ ...section, name: 'cpu', facts: {} }] })).toBeNull();
});

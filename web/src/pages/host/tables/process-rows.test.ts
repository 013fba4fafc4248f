import { expect, test } from 'vitest';
import { type Column, sorted } from '../../../components/data-table.tsx';
import { cpuPercent, matching, type ProcessRow, processRows } from './process-rows.ts';

function row(pid: string, cpu: string, command: string, user = 'root'): ProcessRow {
  return { pid, user, cpu, mem: '1.0', command, isCommandCut: false, residentBytes: 100, state: 'S' };
}

const rows = [row('7', '150.0', 'postgres: writer', 'postgres'), row('30', '2.0', 'nginx'), row('4', '9.0', 'sshd')];

test('a process at the top by both stands once', () => {
  const [first, second] = [row('1', '5', 'a'), row('2', '1', 'b')];
  expect(processRows({ top: [first], topMemory: [second, first] }).map(({ pid }) => pid)).toEqual(['1', '2']);
});

test.each([
  ['POST', ['7']],
  ['root ng', ['30']],
  ['30', ['30']],
  ['  ', ['7', '30', '4']],
  ['root postgres', []],
])('the filter %j', (filter, pids) => {
  expect(matching(rows, filter).map(({ pid }) => pid)).toEqual(pids);
});

test('rows stand in the order of a column, numbers by value', () => {
  const columns: readonly Column<ProcessRow>[] = [
    { name: 'PID', cell: () => null, sortBy: ({ pid }) => Number(pid) },
    { name: 'Command', cell: () => null, sortBy: ({ command }) => command },
    { name: 'State', cell: () => null },
  ];
  const by = (column: string, isDescending: boolean) =>
    sorted(rows, columns, { column, isDescending }).map(({ pid }) => pid);
  expect(by('PID', false)).toEqual(['4', '7', '30']);
  expect(by('PID', true)).toEqual(['30', '7', '4']);
  expect(by('Command', false)).toEqual(['30', '7', '4']);
  expect(by('State', true)).toEqual(['7', '30', '4']);
});

test('a share is of one core, or of all', () => {
  expect(cpuPercent({ cpu: '150.0' }, 'core', 4)).toBe(150);
  expect(cpuPercent({ cpu: '150.0' }, 'all', 4)).toBe(37.5);
  expect(cpuPercent({ cpu: '150.0' }, 'all', null)).toBe(150);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { panels } from '../scripts/families/dashboard.ts';
import { coverage, entries, incompletePanels, leftOut, page, pageOfFamilies } from '../scripts/families-page.ts';

test('the page of families is what the families are; if not: node scripts/families-page.ts', () => {
  expect(readFileSync(pageOfFamilies, 'utf8')).toBe(page());
});

test.each(['dashboards', 'alerts'] as const)('every family that %s ask for is exported, or has a reason', (by) => {
  const { missing } = coverage(by);
  expect(missing.filter((name) => leftOut[name] === undefined)).toEqual([]);
});

test('no family that is exported has a reason why it is not', () => {
  const exported = new Set(entries().flatMap(({ families }) => families.map(({ name }) => name)));
  expect(Object.keys(leftOut).filter((name) => exported.has(name))).toEqual([]);
});

test('every family has a name that Prometheus takes, and a sentence', () => {
  const odd = entries()
    .flatMap(({ families }) => families)
    .filter(({ name, help }) => !/^(node|process)_[a-zA-Z0-9_]+$/.test(name) || !/^[A-Z].*\.$/.test(help));
  expect(odd.map(({ name }) => name)).toEqual([]);
});

test('of the 125 panels of dashboard 1860, 120 have all their data, and one is empty', () => {
  expect([panels().length, panels().reduce((sum, { queries }) => sum + queries.length, 0)]).toEqual([125, 286]);
  expect(incompletePanels()).toEqual([
    { title: 'Processes Status', missing: ['node_kernel_hung_tasks'], isEmpty: false },
    { title: 'IRQ Detail', missing: ['node_interrupts_total'], isEmpty: true },
    { title: 'Network Operational Status', missing: ['node_network_up{operstate=up}'], isEmpty: false },
    { title: 'TCP Connections', missing: ['node_netstat_Tcp_MaxConn'], isEmpty: false },
    { title: 'Node Exporter Scrape', missing: ['node_textfile_scrape_error'], isEmpty: false },
  ]);
});

import { expect, test } from 'vitest';
import { entries, leftOut } from '../scripts/families-page.ts';
import { sampled } from '../src/collectors/index.ts';
import { familiesOf, mixinAlerts } from './support/mixin-alerts.ts';

test('25 of the 26 alerts of node-mixin ask only for families that are exported, and the other one cannot be true', () => {
  const exported = new Set(entries().flatMap(({ families }) => families.map(({ name }) => name)));
  const incomplete = mixinAlerts.flatMap(({ alert, expr }) => {
    const missing = familiesOf(expr).filter((name) => !exported.has(name));
    return missing.length === 0 ? [] : [[alert, missing]];
  });
  expect(mixinAlerts).toHaveLength(26);
  expect(incomplete).toEqual([['NodeTextFileCollectorScrapeError', ['node_textfile_scrape_error']]]);
  expect(leftOut.node_textfile_scrape_error).toMatch(/none can be wrong/);
  expect(mixinAlerts.filter(({ madeOn }) => madeOn === null).map(({ alert }) => alert)).toEqual([
    'NodeTextFileCollectorScrapeError',
  ]);
});

test('what an alert looks back on is read at least twice in that time', () => {
  // What is read from files is read with every sample.
  const slow = new Map(
    sampled
      .filter(({ forExport, shell }) => forExport === true && shell !== null)
      .flatMap(({ cadenceSeconds, node = [] }) =>
        node.flatMap(({ families }) => families.map(({ name }) => [name, cadenceSeconds] as const)),
      ),
  );
  const looked = mixinAlerts.flatMap(({ expr }) =>
    [...expr.matchAll(/(node_\w+)\{[^}]*\}\[(\d+)m\]/g)].map(([, name = '', minutes]) => ({
      name,
      seconds: Number(minutes) * 60,
    })),
  );
  const found = looked.filter(({ name }) => slow.has(name));
  expect(found.map(({ name }) => name)).toContain('node_systemd_service_restart_total');
  expect(found.filter(({ name, seconds }) => 2 * (slow.get(name) ?? 0) > seconds)).toEqual([]);
});

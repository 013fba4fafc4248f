import { describe, expect, test } from 'vitest';
import { hostOf } from '../../../test/support/alerts-world.ts';
import { collectors } from '../../collectors/index.ts';
import type { Rule } from '../../model/alerts/rule.ts';
import type { SectionResult } from '../../model/observation.ts';
import { compile } from './compile.ts';
import { defaultRules } from './default-rules.ts';
import { readableMetrics } from './metrics.ts';
import { readerOf } from './reader.ts';

const metrics = readableMetrics(collectors);
const sensors = { sensors: [{ label: 'cpu', celsius: 50, isTelling: true }], devices: {} };
const disks = { filesystems: [], devices: [], pressure: { some10: 0.5 } };

/** Whether a metric is known when a host is read at `readAt`, with this as its newest section. `failed`: that was of before. */
function isKnown(
  metric: string,
  readAt: number,
  newest: Pick<SectionResult, 'facts' | 'collectedAt' | 'parts'>,
  failed = false,
) {
  const found = metrics.get(metric);
  if (found === undefined) throw new Error('no such metric');
  const section = { name: found.section, source: '', error: null, ...newest };
  const told = failed ? { ...section, facts: null, collectedAt: 0, parts: null } : section;
  const sample = { bootId: null, readAt, sections: [told] };
  return readerOf(sample, { [found.section]: section }, 30)(found) !== undefined;
}

describe('a metric is known for three times as long as', () => {
  test('a sample, where it is from files beside a shell that runs once an hour', () => {
    const facts = { facts: sensors, parts: { sensors: 1_000, devices: 1_000 }, collectedAt: 1_000 };
    expect(isKnown('temperature_celsius', 106_000, facts)).toBe(true);
    expect(isKnown('temperature_celsius', 106_001, facts)).toBe(false);
  });

  test('its shell, where it is from that, although the section has files in every sample', () => {
    const read = (readAt: number) => ({
      facts: disks,
      parts: { devices: readAt, filesystems: 1_000 },
      collectedAt: 1_000,
    });
    expect(isKnown('filesystem_used_ratio', 376_000, read(376_000))).toBe(true);
    expect(isKnown('filesystem_used_ratio', 376_001, read(376_001))).toBe(false);
    expect(isKnown('disk_pressure_ratio', 376_001, read(376_001))).toBe(true);
  });

  test('a sample, where its section fails with this one', () => {
    const facts = { facts: sensors, parts: { sensors: 1_000, devices: 1_000 }, collectedAt: 1_000 };
    expect(isKnown('temperature_celsius', 106_000, facts, true)).toBe(true);
    expect(isKnown('temperature_celsius', 106_001, facts, true)).toBe(false);
  });
});

test('verdicts further apart than three times the cadence of what a metric is from prove nothing', () => {
  const gapOfRule = (metric: string): number | undefined => {
    const condition = { kind: 'metric', metric, over: 'max', stat: 'last', windowSeconds: 0, op: '>', fire: 1 };
    const rule = {
      ...defaultRules.hot,
      id: 1,
      ownerId: 'ann',
      base: null,
      enabled: true,
      hosts: { all: true },
      condition,
    };
    const checks = compile(hostOf(1), [rule as unknown as Rule], metrics);
    return [...checks.bySection.values()].flat()[0]?.maxGapMs;
  };
  const names = ['temperature_celsius', 'network_bytes_per_second', 'disk_busy_ratio', 'cpu_ratio'];
  expect(names.map(gapOfRule)).toEqual([105_000, 105_000, 105_000, 105_000]);
  expect(['filesystem_used_ratio', 'processes', 'clock_offset_seconds'].map(gapOfRule)).toEqual([
    375_000, 195_000, 10_815_000,
  ]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Collector, type Section, SectionFailure } from '../model/collector.ts';
import { collectors } from './index.ts';
import { bsdUptime } from './shared/bsd.ts';

const root = join(import.meta.dirname, 'fixtures');
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Our clock in every fixture: 2026-11-24T14:00:00Z, the day of their capture. */
const at = 1_795_528_800_000;

/**
 * What real systems printed: `FOLDER/SYSTEM.txt` (files, a line `---`, text) and the reading of it, `FOLDER/SYSTEM.json`.
 * `SYSTEM.published.txt` stands for a system that was never at hand: put together from its manuals and from outputs that
 * others published.
 */
for (const { name: folder } of folders) {
  for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith('.txt'))) {
    test(`${folder} reads ${file.slice(0, -'.txt'.length)}`, async () => {
      const collector = collectorOf(folder);
      const path = join(root, folder, file);
      const reading = plain(read(collector, sectionOf(readFileSync(path, 'utf8'))));
      const expected = path.replace(/\.txt$/, '.json');
      await expect(`${JSON.stringify(reading, null, 2)}\n`).toMatchFileSnapshot(expected);
    });
  }
}

function collectorOf(folder: string): Collector<unknown> {
  const collector = collectors.find((candidate) => candidate.name === folder);
  if (collector === undefined) throw new Error(`${folder} is not a collector`);
  // As in the scheduler: what parse is given are its own facts.
  return collector as unknown as Collector<unknown>;
}

/** Without a line `---` the text was not due. The host's clock is what the fixture has of it. */
function sectionOf(raw: string): Section {
  const [, files = raw, text] = /^(.*?)^---\n(.*)$/ms.exec(raw) ?? [];
  const uptime = /^\/proc\/uptime:([\d.]+)/m.exec(files)?.[1];
  return { files, text, uptimeSeconds: Number(uptime ?? bsdUptime(files) ?? 1000), at };
}

/** The reading, or what the host does not give. */
function read(collector: Collector<unknown>, section: Section): unknown {
  try {
    return collector.parse(section, undefined);
  } catch (error) {
    if (error instanceof SectionFailure) return { failure: error.section };
    throw error;
  }
}

/** The reading as JSON has it, a Map as the list of its entries. */
function plain(reading: unknown): unknown {
  return JSON.parse(JSON.stringify(reading, (_, value) => (value instanceof Map ? [...value] : value)));
}

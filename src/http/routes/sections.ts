import Type from 'typebox';
import { collectors } from '../../collectors/index.ts';
import { text } from '../../lib/schema.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import type { SectionText } from '../views/sections.ts';

const metric = Type.Object({
  name: text,
  kind: Type.Enum(['gauge', 'counter']),
  unit: Type.String({ description: 'Base units: ratio (0…1), bytes, seconds, celsius …; empty for a plain number' }),
  help: text,
  kept: Type.Boolean({ description: 'Whether GET /metrics/{id}/recent contains it' }),
});
const answer = Type.Array(
  Type.Object({
    name: Type.String({ description: 'JSON Schema of its fields in a snapshot' }),
    title: text,
    asRoot: Type.Array(text, { description: 'The commands that need root; empty: none' }),
    metrics: Type.Array(metric),
  }),
);

const sections: readonly SectionText[] = collectors.map(({ name, title, asRoot = [], metrics }) => ({
  name,
  title,
  asRoot,
  metrics: Object.entries(metrics).map(([metricName, { kind, unit, help, kept }]) => ({
    name: metricName,
    kind,
    unit,
    help,
    kept: kept === true,
  })),
}));

/** The sections of a snapshot and their metrics, the same for all hosts. */
export function sectionRoutes(server: Server, _context: HttpContext): void {
  server.get(
    '/sections',
    about('read', 'metrics', 'The sections of a snapshot, and their metrics', {
      response: { 200: answer },
    }),
    async () => sections,
  );
}

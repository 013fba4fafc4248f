import Type from 'typebox';
import { diskView } from '../../../collectors/disk/view.ts';
import { factsOf } from '../../../collectors/index.ts';
import { explainedGaps } from '../../../history/gaps.ts';
import { badRequest } from '../../../lib/errors.ts';
import { iso } from '../../../lib/scale.ts';
import type { HistoryAnswer } from '../../../ports/history-store.ts';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { termixHistory } from '../../schemas/history.ts';
import { maxRows, termixRows } from './rows.ts';
import { signalOf } from './sent.ts';

const hourMs = 3_600_000;
const ranges = { '1h': hourMs, '6h': 6 * hourMs, '24h': 24 * hourMs, '7d': 168 * hourMs, '30d': 720 * hourMs } as const;
const usualMs = ranges['24h'];
const metrics = [
  'cpu_ratio',
  'memory_used_ratio',
  'network_receive_bytes_per_second',
  'network_transmit_bytes_per_second',
] as const;

/** History as Termix's clients ask for it. */
export function termixHistoryRoutes(server: Server, { clock, history, hosts, snapshots }: HttpContext): void {
  server.get(
    '/metrics/history/:id',
    about('read', 'history', "A host's headline numbers over time, in even rows, as Termix's clients ask for them", {
      params: idParams,
      querystring: Type.Object({
        range: Type.Optional(Type.String({ description: '1h, 6h, 24h, 7d or 30d' })),
        from: Type.Optional(Type.String({ description: 'Together with to, instead of range: ISO 8601' })),
        to: Type.Optional(Type.String()),
      }),
      response: { 200: termixHistory },
    }),
    async (request, reply) => {
      const id = await hostOf(request, hosts, 'view');
      const span = spanOf(request.query, clock.now());
      const head = { fromTs: iso(span.from), toTs: iso(span.to) };
      if (span.from >= span.to) return { rows: [], ...head };
      const mount = await headlineMount(id);
      const disk = { metric: 'filesystem_used_ratio', ...(mount === null ? {} : { labels: { mount } }) };
      const wanted = [...metrics.map((metric) => ({ metric })), disk];
      const query = { hostIds: [id], metrics: wanted, ...span, points: maxRows };
      const answer = await history.query(query, signalOf(reply));
      const known = await history.known(id, span.from, span.to);
      const gaps = explainedGaps(known, answer.hosts[0]?.gaps ?? [], { ...span, to: Math.min(span.to, clock.now()) });
      return { rows: termixRows(answer, span, mount ?? fullest(answer), gaps), ...head };
    },
  );

  /** The file system that the snapshot's headline is of; null where there is no snapshot. */
  async function headlineMount(id: number): Promise<string | null> {
    const { disk } = factsOf(snapshots.get(id)?.sections ?? {});
    return disk ? diskView(disk, await hosts.mounts.of(id)).mount : null;
  }
}

/** The root, or else what was used most at the end. */
function fullest({ hosts }: HistoryAnswer): string | null {
  const disks = (hosts[0]?.series ?? []).filter(({ metric }) => metric === 'filesystem_used_ratio');
  const root = disks.find(({ labels }) => labels.mount === '/');
  const last = (mean: readonly (number | null)[]): number => mean.findLast((value) => value !== null) ?? 0;
  return (root ?? disks.sort((a, b) => last(b.mean) - last(a.mean))[0])?.labels.mount ?? null;
}

/** Throws 400 in the words that its clients show. */
function spanOf({ range, from, to }: { range?: string; from?: string; to?: string }, now: number) {
  if (range !== undefined && range !== '') {
    const length = Object.hasOwn(ranges, range) ? ranges[range as keyof typeof ranges] : null;
    if (length === null) throw badRequest('Invalid range. Use 1h, 6h, 24h, 7d, or 30d');
    return { from: now - length, to: now };
  }
  if (!from || !to) return { from: now - usualMs, to: now };
  const span = { from: Date.parse(from), to: Date.parse(to) };
  if (Number.isNaN(span.from) || Number.isNaN(span.to)) throw badRequest('Invalid from/to date format');
  return span;
}

import Type from 'typebox';
import { explainedGaps } from '../../../history/gaps.ts';
import { metricsOf } from '../../../history/query/asked.ts';
import { badRequest } from '../../../lib/errors.ts';
import { historyLimits } from '../../../ports/history-store.ts';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { hostHistory } from '../../schemas/history.ts';
import { countOf, isAsked, spanOf } from './asked.ts';
import { columnsOf, historyCsv, isFinal, jsonType, sendKept, signalOf, withLongList } from './sent.ts';

const usualPoints = 800;

export const spanQuery = {
  range: Type.Optional(
    Type.String({ description: 'The span up to now: 15m, 1h, 24h, 7d, 30d, 1y and so on. Default: 24h' }),
  ),
  from: Type.Optional(Type.String({ description: 'Instead of range: ISO 8601, or ms since the epoch' })),
  to: Type.Optional(Type.String({ description: 'The end, in the same forms. Default: now' })),
};

/** What is stored of one host's numbers. */
export function hostHistoryRoutes(server: Server, { clock, history, hosts }: HttpContext): void {
  const querystring = Type.Object({
    metrics: Type.Optional(
      Type.String({
        description:
          'Separated by commas, with labels in braces: cpu_ratio,filesystem_used_ratio{mount=/}. Default: all metrics',
      }),
    ),
    ...spanQuery,
    points: Type.Optional(
      Type.String({
        description: `How many times at most: 1 to ${historyLimits.points}; ${usualPoints} where it is not given`,
      }),
    ),
    top: Type.Optional(Type.String({ description: '1: include the processes that used most' })),
    format: Type.Optional(Type.String({ description: 'json, or csv for a table that has only the numbers' })),
  });
  server.get(
    '/hosts/:id/history',
    about('read', 'history', "A host's numbers over time, with minimum, mean and maximum, and why some are missing", {
      params: idParams,
      querystring,
      response: { 200: hostHistory },
    }),
    async (request, reply) => {
      const hostId = await hostOf(request, hosts, 'view');
      const asked = request.query;
      const now = clock.now();
      const span = spanOf(asked, now);
      const points = countOf('points', asked.points, usualPoints, 1, historyLimits.points);
      const metrics = metricsOf(asked.metrics ?? '');
      if (!['json', 'csv'].includes(asked.format ?? 'json')) throw badRequest('format must be json or csv');
      const query = { hostIds: [hostId], metrics, from: span.from, to: span.to, points, top: isAsked(asked.top) };
      // One waits for another thread and the other for the database.
      const [answer, known] = await Promise.all([
        history.query(query, signalOf(reply)),
        history.known(hostId, span.from, span.to),
      ]);
      const own = answer.hosts[0];
      const series = own?.series ?? [];
      if (asked.format === 'csv') {
        reply.header('content-disposition', `attachment; filename="host-${hostId}-history.csv"`);
        const text = await historyCsv(answer, series);
        return sendKept(request, reply, {
          type: 'text/csv; charset=utf-8',
          text,
          isFinal: isFinal(span, now, history),
        });
      }
      const { from, to, resolution, parts, times, truncated } = answer;
      const gaps = explainedGaps(known, own?.gaps ?? [], { from, to: Math.min(to, now) });
      const top = own?.top ?? [];
      const enabled = history.isOn;
      const head = { hostId, enabled, from, to, resolution, parts, truncated, gaps, events: [], top, times };
      const lines = series.map((line) => {
        const { metric, labels, unit } = line;
        return { metric, labels, unit, ...columnsOf(line, resolution) };
      });
      const text = await withLongList(head, 'series', lines, 3 * times.length);
      return sendKept(request, reply, { type: jsonType, text, isFinal: isFinal(span, now, history) });
    },
  );
}

import Type from 'typebox';
import { metricsOf } from '../../../history/query/asked.ts';
import { checkQuery } from '../../../history/query/check.ts';
import type { Viewer } from '../../../hosts/access/access.ts';
import { badRequest } from '../../../lib/errors.ts';
import type { ListedHost } from '../../../model/host.ts';
import { type HistoryLine, historyLimits } from '../../../ports/history-store.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { comparison } from '../../schemas/history.ts';
import { countOf, spanOf } from './asked.ts';
import { spanQuery } from './host.ts';
import { columnsOf, isFinal, jsonType, sendKept, signalOf, withLongList } from './sent.ts';

const usualPoints = 200;
const usualTop = 10;
const maxTop = 100;
/** So many hosts are looked through before others get their turn. */
const perTurn = 250;

/** One metric of several hosts. */
export function comparisonRoutes(server: Server, { clock, history, hosts }: HttpContext): void {
  const querystring = Type.Object({
    metric: Type.Optional(Type.String({ description: 'One metric; with labels in braces to choose among its series' })),
    hosts: Type.Optional(Type.String({ description: `Ids by commas, at most ${historyLimits.hosts}` })),
    tag: Type.Optional(Type.String({ description: 'Instead of hosts: all hosts with this tag' })),
    folder: Type.Optional(Type.String({ description: 'Instead of hosts: all hosts in this folder' })),
    ...spanQuery,
    points: Type.Optional(Type.String({ description: `How many times at most; ${usualPoints} where it is not given` })),
    top: Type.Optional(
      Type.String({ description: `How many lines, the highest: 1 to ${maxTop}; ${usualTop} where it is not given` }),
    ),
    by: Type.Optional(Type.String({ description: 'What the order is by: mean or max, the highest first' })),
  });

  server.get(
    '/history',
    about('read', 'history', 'One metric of several hosts, those with the highest values first', {
      querystring,
      response: { 200: comparison },
    }),
    async (request, reply) => {
      const asked = request.query;
      const now = clock.now();
      const metrics = metricsOf(asked.metric ?? '');
      if (metrics.length !== 1) throw badRequest('metric must be one metric, such as cpu_ratio');
      const by = asked.by ?? 'mean';
      if (by !== 'mean' && by !== 'max') throw badRequest('by must be mean or max');
      const top = countOf('top', asked.top, usualTop, 1, maxTop);
      const points = countOf('points', asked.points, usualPoints, 1, historyLimits.points);
      const span = spanOf(asked, now);
      checkQuery({ hostIds: [0], metrics, from: span.from, to: span.to, points });
      const found = await hostsOf(userOf(request), asked);
      if (found.length === 0) return { from: span.from, to: span.to, resolution: 0, leftOut: 0, times: [], series: [] };
      const query = { hostIds: found.map(({ id }) => id), metrics, from: span.from, to: span.to, points };
      const answer = await history.query(query, signalOf(reply));
      const { from, to, resolution, times, truncated } = answer;
      const ranked = answer.hosts
        .flatMap(({ hostId: id, series }) => series.map((line) => ({ id, line, ...highestOf(line) })))
        .sort((a, b) => b[by] - a[by] || a.id - b.id);
      const names = new Map(found.map(({ id, name }) => [id, name]));
      const series = ranked.slice(0, top).map(({ id, line, mean, max }) => ({
        hostId: id,
        name: names.get(id) ?? '',
        labels: line.labels,
        unit: line.unit,
        average: Number.isFinite(mean) ? mean : null,
        highest: Number.isFinite(max) ? max : null,
        ...columnsOf(line, resolution),
      }));
      const leftOut = truncated + Math.max(0, ranked.length - top);
      const text = await withLongList({ from, to, resolution, leftOut, times }, 'series', series, 3 * times.length);
      return sendKept(request, reply, { type: jsonType, text, isFinal: isFinal(span, now, history) });
    },
  );

  /** Those that are named, or have the tag, or are in the folder. Throws 404 for one that is not there or not the user's. */
  async function hostsOf(user: Viewer, asked: { hosts?: string; tag?: string; folder?: string }) {
    const { tag, folder } = asked;
    if (asked.hosts !== undefined) {
      if (tag !== undefined || folder !== undefined) throw badRequest('Give one of hosts, tag and folder');
      const ids = [...new Set(asked.hosts.split(',').map((part) => hostId(part.trim())))];
      if (ids.length > historyLimits.hosts) throw tooManyHosts();
      for (const id of ids) await hosts.access.require(user, id, 'view');
      return hosts.fleet.of(user, ids);
    }
    const isMeant = (one: ListedHost): boolean =>
      (tag === undefined || one.tags.includes(tag)) && (folder === undefined || one.folder === folder);
    const ids = await hosts.access.visibleIds(user);
    const found: ListedHost[] = [];
    for (let at = 0; at < ids.length; at += perTurn) {
      found.push(...(await hosts.fleet.of(user, ids.slice(at, at + perTurn))).filter(isMeant));
      if (found.length > historyLimits.hosts) throw tooManyHosts();
    }
    return found;
  }
}

function tooManyHosts() {
  return badRequest(`At most ${historyLimits.hosts} hosts can be compared: choose fewer with hosts, tag or folder`);
}

/** A line's mean of all samples, and its maximum; below all else where it has none. */
function highestOf({ mean, max, count }: HistoryLine): { readonly mean: number; readonly max: number } {
  let [sum, samples, highest] = [0, 0, Number.NEGATIVE_INFINITY];
  mean.forEach((value, index) => {
    if (value === null) return;
    sum += value * (count[index] ?? 1);
    samples += count[index] ?? 1;
    highest = Math.max(highest, max[index] ?? value);
  });
  return { mean: samples === 0 ? Number.NEGATIVE_INFINITY : sum / samples, max: highest };
}

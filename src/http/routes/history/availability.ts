import Type from 'typebox';
import { availabilityOf } from '../../../history/availability.ts';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { availability } from '../../schemas/history.ts';
import { countOf } from './asked.ts';

const dayMs = 86_400_000;
const usualDays = 90;
const maxDays = 366;

/** On how much of each day a host was up. */
export function availabilityRoutes(server: Server, { clock, history, hosts }: HttpContext): void {
  server.get(
    '/hosts/:id/availability',
    about('read', 'history', 'How long a host was up and down on each day (UTC), as far as it is known', {
      params: idParams,
      querystring: Type.Object({
        days: Type.Optional(
          Type.String({ description: `With today: 1 to ${maxDays}; ${usualDays} where it is not given` }),
        ),
      }),
      response: { 200: availability },
    }),
    async (request) => {
      const hostId = await hostOf(request, hosts, 'view');
      const days = countOf('days', request.query.days, usualDays, 1, maxDays);
      const now = clock.now();
      const from = (Math.floor(now / dayMs) - days + 1) * dayMs;
      const found = availabilityOf(await history.known(hostId, from, now), { from, to: now });
      const sum = (name: 'upMs' | 'downMs'): number => found.reduce((total, day) => total + day[name], 0);
      return {
        hostId,
        ratio: ratioOf(sum('upMs'), sum('downMs')),
        days: found.map(({ day, upMs, downMs, plannedMs, unknownMs }) => ({
          day: new Date(day).toISOString().slice(0, 10),
          upSeconds: Math.round(upMs / 1000),
          downSeconds: Math.round(downMs / 1000),
          plannedSeconds: Math.round(plannedMs / 1000),
          unknownSeconds: Math.round(unknownMs / 1000),
          ratio: ratioOf(upMs, downMs),
        })),
      };
    },
  );
}

/** Of the time that is known; a host that was down for a second was not up all the time. */
function ratioOf(upMs: number, downMs: number): number | null {
  if (upMs + downMs === 0) return null;
  return Math.floor((upMs / (upMs + downMs)) * 1e6) / 1e6;
}

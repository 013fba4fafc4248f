import Type from 'typebox';
import type { AuditEntry } from '../../audit/audit.ts';
import { csvText } from '../../lib/csv.ts';
import { badRequest } from '../../lib/errors.ts';
import { type AuditAction, auditActions } from '../../model/people/audit.ts';
import { hostId } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { auditPage } from '../schemas/records.ts';
import type { AuditAnswer } from '../views/answers.ts';

const maxLimit = 1_000;
const word = (description: string) => Type.Optional(Type.String({ description }));
const query = Type.Object({
  user: word('Name of a user: only what they did'),
  action: word(auditActions.join(', ')),
  hostId: word('Only entries about this host'),
  from: word('ISO 8601'),
  to: word('ISO 8601, not included'),
  before: word('For the next page: `next` of the previous answer'),
  limit: word(`1 to ${maxLimit}; 100`),
  format: word('json, or csv'),
});
/** Who did what. */
export function auditRoutes(server: Server, { audit }: HttpContext): void {
  server.get(
    '/audit',
    about('admin-read', 'audit', 'Who did what, newest first', {
      querystring: query,
      response: { 200: auditPage },
    }),
    async (request, reply) => {
      const asked = request.query;
      const limit = count('limit', asked.limit, maxLimit) ?? 100;
      const entries = await audit.list({
        username: asked.user,
        action: actionOf(asked.action),
        hostId: asked.hostId === undefined ? undefined : hostId(asked.hostId, 'hostId must be the id of a host'),
        from: timeOf('from', asked.from),
        to: timeOf('to', asked.to),
        before: count('before', asked.before, Number.MAX_SAFE_INTEGER),
        limit,
      });
      if (asked.format === 'csv')
        return reply
          .type('text/csv; charset=utf-8')
          .serializer(String)
          .send(csvOf(entries) as never);
      const page: AuditAnswer = { entries, next: entries.length === limit ? (entries.at(-1)?.id ?? null) : null };
      return page;
    },
  );
}

function actionOf(value: string | undefined): AuditAction | undefined {
  if (value === undefined) return undefined;
  const known = auditActions.find((one) => one === value);
  if (known === undefined) throw badRequest(`action must be one of ${auditActions.join(', ')}`);
  return known;
}

function count(name: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw badRequest(`${name} must be a whole number from 1 to ${most}`);
  return number;
}

function timeOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw badRequest(`${name} must be a time such as 2026-11-25T12:00:00Z`);
  return at;
}

const columns = ['at', 'action', 'username', 'hostId', 'target', 'details', 'address', 'via'] as const;

function csvOf(entries: readonly AuditEntry[]): string {
  return csvText([columns, ...entries.map((one) => columns.map((name) => one[name]))]);
}

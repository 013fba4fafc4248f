import Type from 'typebox';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, metricsOff, type Server } from '../../route.ts';
import { fields, success, text } from '../../schemas/common.ts';

const body = fields({
  hostId: 'A positive integer',
  viewerSessionId: 'The id from register-viewer, or one of your own',
});
const registered = Type.Union([
  success({ viewerSessionId: text }),
  success({ skipped: Type.Literal(true), reason: text }),
]);
const heard = Type.Object({ success: Type.Boolean({ description: 'False: unknown viewer, register again' }) });

/** Clients that are looking at a host now. */
export function viewerRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.post(
    '/metrics/register-viewer',
    about('read', 'viewers', 'Registers a viewer; starts sampling', { body, response: { 200: registered } }),
    async (request) => {
      const id = hostId(request.body.hostId, 'Invalid hostId');
      const user = userOf(request);
      const mine = await hosts.access.require(user, id, 'view').then(() => true, isRequestError);
      if (mine !== true) return { success: true, skipped: true, reason: 'Host not found' };
      const target = await hosts.inventory.target(id);
      if (!target?.policy.metricsEnabled) return { success: true, skipped: true, reason: metricsOff };
      const viewerSessionId = control.registerViewer(id, user.id, optionalId(request.body.viewerSessionId));
      if (viewerSessionId === null)
        throw new RequestError(503, 'Too many viewers. End some, or wait until they expire', undefined, 10);
      return { success: true, viewerSessionId };
    },
  );

  server.post(
    '/metrics/unregister-viewer',
    about('read', 'viewers', 'Ends a viewer', { body, response: { 200: success() } }),
    async (request) => {
      const id = hostId(request.body.hostId, 'Invalid hostId');
      control.unregisterViewer(id, userOf(request).id, requiredId(request.body.viewerSessionId));
      return { success: true };
    },
  );

  server.post(
    '/metrics/heartbeat',
    about('read', 'viewers', 'Keeps a viewer alive for 2 minutes', { body, response: { 200: heard } }),
    async (request) => ({
      success: control.heartbeat(requiredId(request.body.viewerSessionId), userOf(request).id),
    }),
  );
}

function optionalId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return requiredId(value);
}

function requiredId(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw badRequest('viewerSessionId is required');
  if (value.length > 200) throw badRequest('viewerSessionId can have at most 200 characters');
  return value;
}

function isRequestError(error: unknown): false {
  if (error instanceof RequestError) return false;
  throw error;
}

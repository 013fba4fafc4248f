import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type Bulk, bulkActions, maxConnected, maxHosts, readBulk } from '../../../hosts/records/bulk.ts';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import { createSemaphore } from '../../../lib/semaphore.ts';
import { Turns } from '../../../lib/turns.ts';
import { StorageError } from '../../../model/storage.ts';
import { changedFields } from '../../auditor.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { leavingOf } from '../../leaving.ts';
import { about, metricsOff, type Server } from '../../route.ts';
import { fields, nullable, text } from '../../schemas/common.ts';
import { sightsOf } from '../../sight.ts';
import type { BulkResult } from '../../views/bulk.ts';
import { failureView } from '../../views/sight.ts';

const connectsAtOnce = 8;

const body = fields({
  hostIds: `A list of 1 to ${maxHosts} host ids; for connect at most ${maxConnected}`,
  action: bulkActions.join(', '),
  addTags: 'With tags: a list of tags to add',
  removeTags: 'With tags: a list of tags to remove',
  folder: 'With folder: its name; empty takes the hosts out of their folders',
  metricsInterval: 'With interval: seconds, 10 to 3600; null follows the global setting',
  credentialId: 'With credential: one of yours',
  sudo: 'With sudo: true or false',
  dependsOn: 'With depends-on: the ids of at most 10 hosts; they replace what the hosts depended on',
  fingerprints: 'With accept-keys: {"<host id>": "SHA256:…"}, the keys that a person checked',
});
const result = Type.Object({
  hostId: Type.Integer({ minimum: 1 }),
  name: nullable(Type.String({ description: 'Null for a host that is not there, or not yours to see' })),
  error: nullable(Type.String({ description: 'Null: it was done. Else one sentence' })),
});
const response = { 200: Type.Object({ action: text, results: Type.Array(result, { description: 'As hostIds' }) }) };

/** One action on many hosts: each is allowed, done, written down and answered for by itself. */
export function bulkRoutes(server: Server, context: HttpContext): void {
  const turns = new Turns({ atOnce: 4, waiting: 2, what: 'bulk actions' });
  server.post(
    '/hosts/bulk',
    about('manage', 'hosts', 'Does one thing to many hosts; what fails at one leaves the others', { body, response }),
    async (request, reply) => {
      const bulk = readBulk(request.body);
      const left = leavingOf(reply);
      return turns.run(userOf(request).id, left, async () => {
        // Changes go to one file, one after the other; connections are to different hosts.
        const { run } = createSemaphore(bulk.action === 'connect' ? connectsAtOnce : 1);
        const results = await Promise.all(
          bulk.ids.map((id) =>
            run(async () => {
              left.throwIfAborted();
              return accountOf(request, context, bulk, id);
            }),
          ),
        );
        // At once for all: what changed nothing that hosts are reached or sampled with leaves their connections alone.
        if (bulk.action !== 'remove' && bulk.action !== 'connect' && bulk.action !== 'accept-keys')
          await context.control.hostsChanged(results.filter(({ error }) => error === null).map(({ hostId }) => hostId));
        return { action: bulk.action, results };
      });
    },
  );
}

/** Does it to one host. Never throws, so that the account of the others is not lost. */
async function accountOf(
  request: FastifyRequest,
  context: HttpContext,
  bulk: Bulk,
  hostId: number,
): Promise<BulkResult> {
  let name: string | null = null;
  try {
    name = String((await context.hosts.records.get(userOf(request), hostId)).name);
    await doTo(request, context, bulk, { id: hostId, name });
    return { hostId, name, error: null };
  } catch (error) {
    if (error instanceof RequestError || error instanceof StorageError) return { hostId, name, error: error.message };
    request.log.error({ err: error, hostId, action: bulk.action }, 'A bulk action failed for a reason of ours');
    return { hostId, name, error: 'Internal server error' };
  }
}

type Named = { readonly id: number; readonly name: string };

async function doTo(request: FastifyRequest, context: HttpContext, bulk: Bulk, { id, name }: Named): Promise<void> {
  const { audited, control, hosts } = context;
  const user = userOf(request);
  const bulkOf = { bulk: bulk.ids.length };
  switch (bulk.action) {
    case 'connect':
      return connect(request, context, id);
    case 'remove':
      await hosts.records.remove(user, id);
      await audited(request, 'host-removed', { hostId: id, target: name, details: bulkOf });
      return control.hostDeleted(id);
    case 'accept-keys': {
      const fingerprint = bulk.fingerprints.get(id);
      if (fingerprint === undefined) throw badRequest('No fingerprint was given for this host');
      await hosts.keys.accept(user, id, fingerprint);
      await audited(request, 'host-key-accepted', { hostId: id, target: name, details: { fingerprint, ...bulkOf } });
      return control.hostKeysChanged([id]);
    }
    default: {
      const before = await hosts.records.get(user, id);
      const saved = await hosts.records.update(user, id, bulk.change);
      const changed = changedFields(before, saved, null);
      if (changed.length === 0) return;
      await audited(request, 'host-changed', {
        hostId: id,
        target: name,
        details: { fields: changed, ...bulkOf },
      });
    }
  }
}

/** As a person would connect to one host; throws in one sentence why it could not be. */
async function connect(request: FastifyRequest, { control, hosts }: HttpContext, id: number): Promise<void> {
  const user = userOf(request);
  const target = await hosts.inventory.target(id);
  if (target && !target.policy.metricsEnabled) throw badRequest(metricsOff);
  const mayOverride = (await hosts.access.levelsOf(user)).get(id) === 'manage';
  const result = await control.start(id, user.id, mayOverride);
  const sight = (await sightsOf(user, hosts))(id);
  if (result.outcome === 'needs-code') throw badRequest('This host asks for a code. Open its page to enter it');
  if (result.outcome === 'failed') throw badRequest(failureView(result.failure, sight).message);
}

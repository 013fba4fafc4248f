import Type from 'typebox';
import { factsOf } from '../../../collectors/index.ts';
import { RequestError } from '../../../lib/errors.ts';
import { fingerprintOf } from '../../../lib/ssh/fingerprint.ts';
import type { Log } from '../../../model/connection/log.ts';
import type { ConnectionTest } from '../../../ports/control.ts';
import { hostId, tokenOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { eventText, openEventStream } from '../../live/event-stream.ts';
import { about, type Server } from '../../route.ts';
import { fields } from '../../schemas/common.ts';
import type { TestAnswer } from '../../views/answers.ts';

const limitMs = 30_000;
const maxAtOnce = 20;
const maxPerUser = 5;
const body = fields({
  hostId: 'A saved host that these fields change: fields that are not sent have their saved values',
});
const events = Type.String({
  description: [
    'Server-sent events: `log` for every line of the connection log as it happens, then `result`: {outcome: ok, ',
    'needs-code or failed; failure; retryAt (only if the login was refused within the last minute and is not offered again until then); hostKey {algorithm, fingerprint}; summary {hostname, os, kernel, cores, memoryTotalBytes, ',
    'uptimeSeconds}; sectionErrors [{section, reason, message, hint}]}.',
  ].join(''),
});

/** Trying a host's settings before they are saved. */
export function connectionTestRoutes(server: Server, { control, hosts, clock, audited, leases }: HttpContext): void {
  /** User → tests that are running. */
  const running = new Map<string, number>();

  server.post(
    '/connection-tests',
    about(
      'manage-all',
      'hosts',
      'Connects with the fields of a host as they would be saved, takes one sample, saves nothing',
      {
        body,
        response: { 200: events },
      },
    ),
    async (request, reply) => {
      const user = userOf(request);
      const { hostId: id, ...sent } = request.body as Record<string, unknown>;
      const isNew = id === undefined || id === null;
      const draft = isNew
        ? await hosts.drafts.ofNew(user, sent)
        : await hosts.drafts.ofSaved(user, hostId(id, 'Invalid hostId'), sent);
      const own = running.get(user.id) ?? 0;
      const all = [...running.values()].reduce((sum, count) => sum + count, 0);
      if (own >= maxPerUser || all >= maxAtOnce)
        throw new RequestError(429, 'Too many connection tests are running. Wait for one to finish', undefined, 5);
      running.set(user.id, own + 1);
      const { address, port, username } = draft.target;
      await audited(request, 'connection-tested', {
        ...(draft.target.id > 0 ? { hostId: draft.target.id } : {}),
        target: address,
        details: { port, username },
      });

      const stream = openEventStream(reply);
      const closed = new AbortController();
      stream.onClose(() => closed.abort());
      const lease = leases.hold(tokenOf(request)?.value ?? '', () => closed.abort());
      const log: Log = (type, stage, message, details) => {
        const timestamp = new Date(clock.now()).toISOString();
        stream.write(eventText('log', JSON.stringify({ type, stage, message, timestamp, details })));
      };
      try {
        const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(limitMs)]);
        stream.write(eventText('result', JSON.stringify(resultView(await control.test(draft, log, signal)))));
      } catch (error) {
        request.log.error({ err: error }, 'A connection test failed with an internal error');
      } finally {
        lease.release();
        stream.end();
        const left = (running.get(user.id) ?? 1) - 1;
        if (left > 0) running.set(user.id, left);
        else running.delete(user.id);
      }
    },
  );
}

function resultView({ outcome, failure, hostKey, sample, retryAt }: ConnectionTest): TestAnswer {
  const sections = sample?.sections ?? [];
  const facts = factsOf(Object.fromEntries(sections.map((section) => [section.name, section])));
  return {
    outcome,
    failure,
    ...(retryAt === undefined ? {} : { retryAt: retryAt === null ? null : new Date(retryAt).toISOString() }),
    hostKey: hostKey && { algorithm: hostKey.algorithm, fingerprint: fingerprintOf(hostKey.keyBase64) },
    summary: sample && {
      hostname: facts.system?.hostname ?? null,
      os: facts.system?.os ?? null,
      kernel: facts.system?.kernel ?? null,
      cores: facts.cpu?.cores ?? null,
      memoryTotalBytes: facts.memory?.totalBytes ?? null,
      uptimeSeconds: facts.uptime?.seconds ?? null,
    },
    sectionErrors: sections.flatMap(({ name, error }) => (error ? [{ section: name, ...error }] : [])),
  };
}

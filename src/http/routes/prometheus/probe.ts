import Type from 'typebox';
import { writePage } from '../../../export/host-page.ts';
import { formatOf } from '../../../export/text.ts';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import type { Failure } from '../../../model/failure.ts';
import { userOf } from '../../auth.ts';
import { metricsOff, type Server } from '../../route.ts';
import { sightsOf } from '../../sight.ts';
import { failureView } from '../../views/sight.ts';
import { AtOnce } from './at-once.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { scrapedText } from './scraped.ts';
import { hostNamed } from './scraped-hosts.ts';
import { sendPage } from './sent.ts';

/** A sample that is not older, ms, is new enough. */
const maxAgeMs = 2_000;
/** What an answer needs to reach Prometheus before it gives up, ms. */
const reserveMs = 500;
/** The timeout of Prometheus where it is not told, and the longest that is granted; seconds. */
const timeouts = { usual: 10, longest: 60 };
/** How many scrapes of one user may wait for the same host. */
const mostWaiting = 20;

/** One host, sampled when it is scraped. */
export function probeRoute(server: Server, { hosts, control, lists, scrapes }: ScrapeContext): void {
  const waiting = new AtOnce(mostWaiting, (count) => `${count} scrapes of this host are waiting for it already`);
  const querystring = Type.Object({
    target: Type.Optional(
      Type.String({ description: 'The id of a host, or its name if no other host has it; a number is an id' }),
    ),
  });
  server.get(
    '/prometheus/probe',
    scrapedText('The metrics of one host under the names of node_exporter, from a sample that is taken now', {
      querystring,
      response: { 200: Type.String({ description: 'The text format of Prometheus, or OpenMetrics' }) },
    }),
    async (request, reply) => {
      const user = userOf(request);
      const { target = '' } = request.query;
      if (target === '') throw badRequest('Name a host: target=ID, or target=NAME');
      const host = hostNamed(await lists.of(user), target);
      if (!host.isOn) throw new RequestError(503, metricsOff);
      const withinMs = withinOf(request.headers['x-prometheus-scrape-timeout-seconds']);
      const done = waiting.begin(`${user.id} ${host.id}`);
      const { series, failure } = await control.sampleNow(host.id, { maxAgeMs, withinMs }).finally(done);
      scrapes.note(request, host.id);
      if (series === null) {
        const sight = (await sightsOf(user, hosts))(host.id);
        return reply
          .code(503)
          .type('text/plain; charset=utf-8')
          .send(`${sentenceOf(failureView(failure, sight))}\n`);
      }
      const format = formatOf(request.headers.accept);
      return sendPage(request, reply, format, writePage(series, format));
    },
  );
}

/** How long the host may take, ms; `header` is the timeout that Prometheus has, in seconds. */
function withinOf(header: string | readonly string[] | undefined): number {
  const told = Number(header);
  const seconds = told > 0 ? Math.min(told, timeouts.longest) : timeouts.usual;
  return Math.max(reserveMs, seconds * 1_000 - reserveMs);
}

function sentenceOf({ message, hint }: Failure): string {
  return hint === '' ? `${message}.` : `${message}. ${hint}`;
}

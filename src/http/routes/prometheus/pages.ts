import Type from 'typebox';
import { contentTypes, formatOf, writeFamilies, writeHosts } from '../../../export/text.ts';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import type { HostSeries } from '../../../model/export/series.ts';
import { hostId, userOf } from '../../auth.ts';
import type { Server } from '../../route.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { scrapedText } from './scraped.ts';
import type { ScrapedHost } from './scraped-hosts.ts';

/** More are too much for one page: measured, Prometheus takes minutes for a million. */
const mostSeries = 100_000;
/** A scrape counts as looking at its hosts for so long, ms. */
const wantedMs = 300_000;
const mostShards = 1_000;

const page = { 200: Type.String({ description: 'The text format of Prometheus, or OpenMetrics' }) };

/** Sonde itself, and what it knows of all hosts without asking them. */
export function ownPageRoute(server: Server, { lists, ownMetrics, pages, scrapes }: ScrapeContext): void {
  server.get(
    '/prometheus/metrics',
    scrapedText('How Sonde is, and of each host whether it is up, why not, and what watching it costs', {
      response: page,
    }),
    async (request, reply) => {
      const user = userOf(request);
      const { all } = await lists.of(user);
      const format = formatOf(request.headers.accept);
      scrapes.note(request, null);
      const pieces = writeFamilies(ownMetrics.read(all), format);
      return pages.send(request, reply, { type: contentTypes[format], pieces });
    },
  );
}

/** Closed: a misspelt filter would choose every host. */
const filters = Type.Object(
  {
    ids: Type.Optional(Type.String({ description: 'Ids separated by commas: only these hosts' })),
    folder: Type.Optional(Type.String({ description: 'Only the hosts in this folder' })),
    tag: Type.Optional(Type.String({ description: 'Only the hosts with this tag' })),
    shard: Type.Optional(
      Type.String({ description: '0/4, 1/4 and so on: only the hosts of one of so many parts, by their ids' }),
    ),
  },
  { additionalProperties: false },
);

/** Many hosts in one page, as they were last read. */
export function hostsPageRoute(server: Server, { clock, control, lists, pages, scrapes }: ScrapeContext): void {
  server.get(
    '/prometheus/hosts',
    scrapedText(
      'The metrics of many hosts under the names of node_exporter, with the time of each, from their newest samples',
      { querystring: filters, response: page },
    ),
    async (request, reply) => {
      const user = userOf(request);
      const wanted = chosenBy(request.query);
      const chosen = (await lists.of(user)).all.filter((host) => host.isOn && wanted(host));
      const until = clock.now() + wantedMs;
      const found: { readonly host: ScrapedHost; readonly series: HostSeries }[] = [];
      let count = 0;
      for (const host of chosen) {
        control.wantedByExport(host.id, until);
        scrapes.note(request, host.id);
        const series = control.exported(host.id);
        if (series === null) continue;
        found.push({ host, series });
        count += series.values.length + series.own.length;
      }
      if (count > mostSeries)
        throw new RequestError(
          413,
          `These ${found.length} hosts have ${count} series, and a page has at most ${mostSeries}. ` +
            'Ask for a part of them (shard=0/4), or let Prometheus probe each (/prometheus/sd)',
        );
      const format = formatOf(request.headers.accept);
      return pages.send(request, reply, { type: contentTypes[format], pieces: writeHosts(found, format) });
    },
  );
}

/** Which hosts the filters choose. Throws 400. */
function chosenBy({
  ids,
  folder,
  tag,
  shard,
}: {
  readonly [Name in keyof typeof filters.properties]?: string | undefined;
}): (host: ScrapedHost) => boolean {
  const only = ids === undefined ? null : new Set(ids.split(',').map((id) => hostId(id.trim())));
  const part = shard === undefined ? null : partOf(shard);
  return (host) =>
    (only === null || only.has(host.id)) &&
    (folder === undefined || host.folder === folder) &&
    (tag === undefined || host.tags.includes(tag)) &&
    (part === null || host.id % part.of === part.index);
}

function partOf(shard: string): { readonly index: number; readonly of: number } {
  const [index = Number.NaN, of = Number.NaN] = /^\d{1,4}\/\d{1,4}$/.test(shard) ? shard.split('/').map(Number) : [];
  if (!(of >= 1 && of <= mostShards && index < of))
    throw badRequest(`shard must be a part and the number of parts, such as 0/4: at most ${mostShards} parts`);
  return { index, of };
}

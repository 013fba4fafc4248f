import Type from 'typebox';
import { targetLabels } from '../../../export/text.ts';
import { userOf } from '../../auth.ts';
import { type Reached, reachedAt } from '../../paths/base-path.ts';
import type { Server } from '../../route.ts';
import { text } from '../../schemas/common.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { scraped, scrapedText } from './scraped.ts';
import type { ScrapedHost } from './scraped-hosts.ts';

/** The answer is given away in pieces of about so many characters. */
const pieceLength = 65_536;

const targets = Type.Array(Type.Object({ targets: Type.Array(text), labels: Type.Record(Type.String(), text) }), {
  description: 'One entry a host: the address of Sonde, and the labels that make Prometheus probe the host',
});

/** How Prometheus finds the hosts: HTTP service discovery. */
export function discoveryRoute(server: Server, { basePath, lists, pages }: ScrapeContext): void {
  server.get(
    '/prometheus/sd',
    scraped('Every host that the caller may see and whose metrics are on, as HTTP service discovery of Prometheus', {
      response: { 200: targets },
    }),
    async (request, reply) => {
      const { all } = await lists.of(userOf(request));
      const { scheme, address } = reachedAt(request, basePath);
      const path = `"__metrics_path__":"${basePath}/prometheus/probe"`;
      const head = `{"targets":[${JSON.stringify(address)}],"labels":{"__scheme__":"${scheme}",${path},`;
      const pieces = entriesOf(all, head);
      return pages.send(request, reply, { type: 'application/json; charset=utf-8', pieces });
    },
  );
}

/** The entries as JSON, in pieces; `head`: what each begins with. */
function* entriesOf(hosts: readonly ScrapedHost[], head: string): Generator<string> {
  let text = '[';
  let isFirst = true;
  for (const host of hosts) {
    if (!host.isOn) continue;
    text += `${isFirst ? '' : ',\n'}${head}${labelsOf(host)}}}`;
    isFirst = false;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}

/** How Prometheus scrapes Sonde, to be copied into its configuration. */
export function configRoute(server: Server, { basePath }: ScrapeContext): void {
  server.get(
    '/prometheus/config',
    scrapedText('The part of prometheus.yml that makes Prometheus scrape this Sonde, with its address', {
      response: { 200: Type.String({ description: 'YAML' }) },
    }),
    async (request, reply) =>
      reply.type('application/yaml; charset=utf-8').send(configOf(reachedAt(request, basePath))),
  );
}

const texts = new WeakMap<ScrapedHost, string>();

/** The labels of a host's target as JSON, without the braces. Those with `__` are gone once a target is scraped. */
function labelsOf(host: ScrapedHost): string {
  const known = texts.get(host);
  if (known !== undefined) return known;
  const labels = {
    __param_target: String(host.id),
    ...targetLabels(host),
    __meta_sonde_id: String(host.id),
    __meta_sonde_name: host.name,
    __meta_sonde_address: host.address,
    __meta_sonde_owner: host.owner,
    __meta_sonde_tags: host.tags.length === 0 ? '' : `,${host.tags.join(',')},`,
  };
  const made = JSON.stringify(labels).slice(1, -1);
  texts.set(host, made);
  return made;
}

const keyFile = '/etc/prometheus/sonde.key';

/** The scrape configuration, complete. */
export function configOf({ scheme, address, basePath }: Reached): string {
  const authorization = (indent: string): readonly string[] => [
    `${indent}authorization:`,
    `${indent}  type: Bearer`,
    `${indent}  credentials_file: ${keyFile}`,
  ];
  const lines = [
    'scrape_configs:',
    '  # The hosts, each sampled when it is scraped',
    '  - job_name: node',
    '    scrape_interval: 30s',
    ...authorization('    '),
    '    http_sd_configs:',
    `      - url: ${JSON.stringify(`${scheme}://${address}${basePath}/prometheus/sd`)}`,
    ...authorization('        '),
    '  # Sonde itself, and why it cannot read a host',
    '  - job_name: sonde',
    '    scrape_interval: 30s',
    '    honor_labels: true',
    `    metrics_path: ${basePath}/prometheus/metrics`,
    `    scheme: ${scheme}`,
    ...authorization('    '),
    '    static_configs:',
    `      - targets: [${JSON.stringify(address)}]`,
  ];
  return `${lines.join('\n')}\n`;
}

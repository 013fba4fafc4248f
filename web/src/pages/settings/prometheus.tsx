import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { type ScrapeState, scrapeStateQuery } from '../../api/prometheus.ts';
import { apiKeysQuery, refresh } from '../../api/queries.ts';
import type { NewApiKey } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Copy } from '../../components/copy.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { Age } from '../../components/now.tsx';
import * as format from '../../format.ts';
import { prometheusTexts as words } from '../../texts/exports/prometheus.ts';
import { Loaded, Panel } from './panel.tsx';

/** The state is asked for so often, ms: a scrape every half minute is usual. */
const refetchInterval = 10_000;
const reload = `promtool check config /etc/prometheus/prometheus.yml
sudo systemctl reload prometheus`;

/** What Prometheus needs to read the hosts through Sonde, and whether it does. */
export function PrometheusSettings() {
  const query = useQuery({ ...scrapeStateQuery, refetchInterval });
  return (
    <>
      <p className="text-sm text-muted">{words.lead}</p>
      <Panel title={words.state}>
        <Loaded query={query}>{(state) => <State state={state} />}</Loaded>
      </Panel>
      <MakeKey />
      <Panel title={words.config} lead={words.configText}>
        <Loaded query={query}>{({ config }) => <Copy label={words.configLabel} text={config} />}</Loaded>
      </Panel>
      <Panel title={words.reload} lead={words.reloadText}>
        <Copy label={words.reloadLabel} text={reload} />
      </Panel>
      <Panel title={words.grafana} lead={words.grafanaText}>
        <Copy label={words.dashboardLabel} text="1860" />
      </Panel>
    </>
  );
}

function State({ state: { hosts, scraped, ready, series, lastScrapeAt, lastKey } }: { readonly state: ScrapeState }) {
  if (lastScrapeAt === null) return <p className="text-sm text-muted">{hosts === 0 ? words.noHosts : words.none}</p>;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p>{words.scraped(scraped, hosts)}</p>
      <p className="text-muted">{words.ready(ready, format.number(series))}</p>
      <p className="text-muted wrap-anywhere">
        {words.last} <Age at={lastScrapeAt} /> {words.ago}
        {lastKey === null ? null : ` ${words.by(lastKey)}`}
      </p>
    </div>
  );
}

/** A key that can only read, for all hosts, without an end. */
function MakeKey() {
  const [token, setToken] = useState<string | null>(null);
  const { run, isBusy, error } = useAction(async () => {
    const body = { name: words.keyName, scope: 'read', expiresAt: null, hostIds: null };
    setToken((await request<NewApiKey>('POST', '/users/api-keys', body)).token);
    await refresh(apiKeysQuery);
  });
  const store = `echo '${token}' | sudo install -m 400 -o prometheus /dev/stdin /etc/prometheus/sonde.key`;
  return (
    <Panel title={words.key} lead={words.keyText}>
      {token === null ? (
        <div>
          <Button busy={isBusy} onClick={() => void run()}>
            {words.make}
          </Button>
        </div>
      ) : (
        <div className="flex flex-col gap-2">
          <Notice kind="good">{words.once}</Notice>
          <Copy label={words.token} text={token} />
          <Copy label={words.store} text={store} />
        </div>
      )}
      {error === null ? null : <Notice kind="bad">{error}</Notice>}
    </Panel>
  );
}

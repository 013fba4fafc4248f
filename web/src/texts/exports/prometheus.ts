/** Scraping by Prometheus, in the settings. */
export const prometheusTexts = {
  lead: 'Prometheus reads your hosts through Sonde under the names of node_exporter, so its dashboards and alerts work for hosts where nothing is installed.',
  state: 'Scraping',
  none: 'Prometheus has not read anything yet. The steps below take three minutes.',
  noHosts: 'There are no hosts with metrics yet. Add one first.',
  scraped: (scraped: number, hosts: number): string =>
    `${scraped} of ${hosts} ${hosts === 1 ? 'host' : 'hosts'} scraped in the last five minutes.`,
  ready: (ready: number, series: string): string =>
    `${ready === 1 ? '1 host has' : `${ready} hosts have`} fresh metrics: ${series} series.`,
  last: 'Last scrape:',
  ago: 'ago',
  by: (key: string): string => `with the key “${key}”`,
  key: '1. Create a key',
  keyText:
    'Prometheus logs in with an API key that can only view your hosts. Store it on the machine Prometheus runs on.',
  make: 'Create a read-only key',
  keyName: 'Prometheus',
  once: 'Copy the key now: it is not shown again. It is listed under API keys, where you can remove it.',
  token: 'API key',
  store: 'Command that stores the key',
  config: '2. Add Sonde to prometheus.yml',
  configText:
    'Merge this into /etc/prometheus/prometheus.yml. If it has a scrape_configs section already, add only the two jobs to it; in Debian’s file, replace the job “node”.',
  configLabel: 'Scrape configuration',
  reload: '3. Reload Prometheus',
  reloadLabel: 'Commands that check the configuration and reload Prometheus',
  reloadText: 'The hosts appear under Status, Targets in Prometheus within a minute, and above.',
  grafana: 'Dashboards',
  grafanaText:
    'In Grafana, add this Prometheus as a data source and import the dashboard with the number 1860 (Node Exporter Full). The job is “node”, and each instance is a host.',
  dashboardLabel: 'Number of the dashboard',
} as const;

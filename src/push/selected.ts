import { selects } from '../alerts/judging/selector.ts';
import type { Selector } from '../model/alerts/rule.ts';
import type { ExportedHost } from '../model/export/host.ts';

/** The hosts that a selector names. */
export function selected(hosts: readonly ExportedHost[], selector: Selector): readonly ExportedHost[] {
  return hosts.filter((host) => selects(selector, host));
}

import { numberOrNull, untold } from '../shared/bsd.ts';
import { linesOf, words } from '../shared/text.ts';
import type { Counters } from './counters.ts';

/**
 * Counters of every interface, from the row of its link; the rows of its addresses repeat parts of them. Columns are
 * found by their heads and counted from the right, because an interface without an address leaves that column empty.
 * Source: `netstat -ibn` and, where that only reports bytes (OpenBSD, NetBSD), `netstat -in`.
 */
export function bsdCounters(files: string): readonly Counters[] {
  const found = new Map<string, Map<string, number>>();
  let heads: readonly string[] = [];
  for (const line of linesOf(files, 'netstat')) {
    const fields = words(line);
    if (fields[0] === 'Name') heads = fields.slice(fields.indexOf('Address') + 1);
    else if (fields[2]?.startsWith('<Link') && fields.length >= heads.length + 3) addRow(fields);
  }
  const counters = [...found].flatMap(([name, columns]) => countersOf(name, columns));
  if (counters.length === 0) throw untold('the traffic of interfaces', 'netstat');
  return counters;

  function addRow(fields: readonly string[]): void {
    // The name of an interface that is down ends with a star.
    const name = (fields[0] ?? '').replace(/\*$/, '');
    const columns = found.get(name) ?? new Map<string, number>();
    for (const [index, head] of heads.entries()) {
      const value = numberOrNull(fields[fields.length - heads.length + index]);
      if (value !== null) columns.set(head, value);
    }
    found.set(name, columns);
  }
}

function countersOf(name: string, columns: ReadonlyMap<string, number>): Counters[] {
  const [receivedBytes, sentBytes] = [columns.get('Ibytes'), columns.get('Obytes')];
  if (receivedBytes === undefined || sentBytes === undefined) return [];
  const of = (...heads: string[]): number | null => columns.get(heads.find((head) => columns.has(head)) ?? '') ?? null;
  return [
    {
      name,
      receivedBytes,
      sentBytes,
      receivedPackets: of('Ipkts'),
      sentPackets: of('Opkts'),
      receiveErrors: of('Ierrs', 'Ifail'),
      sendErrors: of('Oerrs', 'Ofail'),
      receiveDropped: of('Idrop'),
      sendDropped: of('Odrop', 'Drop'),
    },
  ];
}

/** Interface → up or down by the `status:` of ifconfig; without that line it is unknown. */
export function statusesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    name = /^([^\s:]+): /.exec(line)?.[1] ?? name;
    const status = /^\s+status: (.+)$/.exec(line)?.[1]?.trim();
    if (status !== undefined && name !== '') found.set(name, /^(active|associated)/.test(status) ? 'up' : 'down');
  }
  return found;
}

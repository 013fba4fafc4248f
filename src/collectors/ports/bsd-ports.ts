import { words } from '../shared/text.ts';
import type { ListeningPort } from './facts.ts';

/**
 * `root sshd 812 3 tcp4 *:22 *:*`; on NetBSD a dot precedes the port. Source: `sockstat -46l`, `sockstat -n -4 -6 -l`.
 */
export function sockstatLine(line: string): ListeningPort[] {
  const fields = words(line);
  const at = fields.findIndex((field, index) => index > 2 && /^(tcp|udp)(4|6|46)?$/.test(field));
  const [name, pid] = [fields.slice(1, at - 2).join(' '), fields[at - 2]];
  if (at < 3) return [];
  return port(fields[at] ?? '', fields[at + 1] ?? '', name === '?' ? null : name, pid);
}

/** `tcp4 0 0 *.22 *.* LISTEN`; a UDP socket with a peer does not listen. Source: `netstat -an`. */
export function bsdNetstatLine(line: string): ListeningPort[] {
  const [protocol = '', , , local = '', peer, state] = words(line);
  if (!/^(tcp|udp)(4|6|46)?$/.test(protocol)) return [];
  if (protocol.startsWith('tcp') ? state !== 'LISTEN' : peer !== '*.*') return [];
  return port(protocol, local, null, undefined);
}

function port(protocol: string, local: string, process: string | null, pid: string | undefined): ListeningPort[] {
  const match = /^(.+)[.:](\d{1,5})$/.exec(local);
  if (match === null) return [];
  const isTcp = protocol.startsWith('tcp');
  return [
    {
      protocol: isTcp ? 'tcp' : 'udp',
      localAddress: (match[1] ?? '').replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, ''),
      localPort: Number(match[2]),
      state: isTcp ? 'LISTEN' : 'UNCONN',
      pid: pid !== undefined && /^\d{1,10}$/.test(pid) ? Number(pid) : null,
      process,
    },
  ];
}

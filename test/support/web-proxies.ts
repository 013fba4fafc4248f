/** Real reverse proxies in front of Sonde, as Debian packs them, with the configurations of docs/behind-a-proxy.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, launch, newPath, ownAddress, requireRig, sh } from './rig.ts';

/** The examples in the documentation, by their heading, in order. */
export function examplesOf(heading: string): readonly string[] {
  const page = readFileSync(new URL('../../docs/behind-a-proxy.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const blocks = section.split('\n## ')[0]?.matchAll(/^```\w*\n([\s\S]*?)^```$/gm) ?? [];
  return [...blocks].map(([, block = '']) => block);
}

/** Replaces what an example contains; throws if it does not. */
export function adapted(example: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The example has no ${from}:\n${text}`);
    return text.replaceAll(from, to);
  }, example);
}

/** A certificate of its own for names, as files. */
export function certificateFor(...names: readonly string[]): { readonly cert: string; readonly key: string } {
  const [cert, key] = [newPath('proxy.crt'), newPath('proxy.key')];
  const alternatives = names.map((name) => `DNS:${name}`).join(',');
  sh(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=${names[0]}' ` +
      `-addext 'subjectAltName=${alternatives}' -keyout '${key}' -out '${cert}' 2>/dev/null`,
  );
  return { cert, key };
}

export type WebProxy = { readonly host: string; readonly port: number };

/** Starts nginx with `server` blocks that listen on its address; the first on `given`, if that must be known before. */
export async function startNginx(servers: (place: WebProxy) => string, given?: number): Promise<WebProxy> {
  requireRig('nginx');
  const folder = newPath('nginx');
  mkdirSync(folder);
  const host = ownAddress();
  const port = given ?? (await freePort(host));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const config = `user root;
daemon off;
worker_processes 1;
pid pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  default_type text/html;
  ${temporary.join('\n  ')}
${servers({ host, port })}
}
`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  await launch(['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    host,
    port,
    log: join(folder, 'log'),
    netns: undefined,
    env: undefined,
  });
  return { host, port };
}

/** Starts Caddy with sites that listen on its address. */
export async function startCaddy(sites: (place: WebProxy) => string): Promise<WebProxy> {
  requireRig('caddy');
  const folder = newPath('caddy');
  mkdirSync(folder);
  const host = ownAddress();
  const port = await freePort(host);
  const global = `{\n  admin off\n  auto_https off\n  default_bind ${host}\n}\n`;
  writeFileSync(join(folder, 'Caddyfile'), `${global}${sites({ host, port })}`);
  await launch(['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], {
    host,
    port,
    log: join(folder, 'log'),
    netns: undefined,
    env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOME: folder },
  });
  return { host, port };
}

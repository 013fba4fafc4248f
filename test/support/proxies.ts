/** Real proxies for system tests, each on its own address. */
import { writeFileSync } from 'node:fs';
import { freePort, launch, newPath, ownAddress, requireRig, type Server, sh } from './rig.ts';

export type ProxyLogin = { readonly username: string; readonly password: string };

/** SOCKS5 by microsocks; it logs every connection with the requested name. */
export async function startMicrosocks(login?: ProxyLogin): Promise<Server> {
  requireRig('microsocks');
  const [host, port] = [ownAddress(), await freePort()];
  const command = ['microsocks', '-i', host, '-p', String(port)];
  if (login) command.push('-u', login.username, '-P', login.password);
  return launch(command, { host, port, log: newPath('microsocks'), netns: undefined, env: undefined });
}

/** SOCKS 4 and 5 by dante, without login or with that of a system user. */
export async function startDante(method: 'none' | 'username' = 'none'): Promise<Server> {
  requireRig('danted');
  const [host, port] = [ownAddress(), await freePort()];
  const config = newPath('danted.conf');
  // It only accepts an address that an interface has.
  sh(`ip address add ${host}/32 dev lo 2>/dev/null || true`);
  const lines = [
    'logoutput: stderr',
    `internal: ${host} port = ${port}`,
    'external: lo',
    'clientmethod: none',
    `socksmethod: ${method}`,
    'user.privileged: root',
    'user.unprivileged: nobody',
    'client pass {\n  from: 0.0.0.0/0 to: 0.0.0.0/0\n}',
    'socks pass {\n  from: 0.0.0.0/0 to: 0.0.0.0/0\n  command: connect\n}',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return launch(['danted', '-f', config], { host, port, log: newPath('danted'), netns: undefined, env: undefined });
}

/** HTTP CONNECT by tinyproxy; to the given ports only, or to all. */
export async function startTinyproxy(
  options: { readonly login?: ProxyLogin; readonly ports?: readonly number[] } = {},
): Promise<Server> {
  requireRig('tinyproxy');
  const [host, port] = [ownAddress(), await freePort()];
  const config = newPath('tinyproxy.conf');
  const { login, ports = [] } = options;
  const lines = [
    `Port ${port}`,
    `Listen ${host}`,
    'Timeout 600',
    'LogLevel Info',
    ...(login ? [`BasicAuth ${login.username} ${login.password}`] : []),
    ...ports.map((one) => `ConnectPort ${one}`),
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return launch(['tinyproxy', '-d', '-c', config], {
    host,
    port,
    log: newPath('tinyproxy'),
    netns: undefined,
    env: undefined,
  });
}

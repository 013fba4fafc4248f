/** A Sonde with a host in trouble of every kind, one without root, one cut off, a very large one, and one with long names. */
import { createServer } from 'node:net';
import { startFakeHost } from '../../test/support/fake-host.ts';
import { large, largeHost, small } from '../../test/support/large-host.ts';
import {
  addUser,
  freePort,
  keyPair,
  pam,
  type Server,
  type SshdOptions,
  startSshd,
  stopServers,
  type User,
  type UserOptions,
} from '../../test/support/rig.ts';
import { startSsh2Server } from '../../test/support/ssh2-server.ts';
import { type Sonde, startSonde } from '../sonde.ts';

type Body = Readonly<Record<string, unknown>>;

export type Troubled = {
  readonly sonde: Sonde;
  /** What is shown → the id of its host. */
  readonly hosts: Readonly<Record<string, number>>;
  readonly stop: () => Promise<void>;
};

const quick = { statusCheckInterval: 10, useGlobalStatusInterval: false };
const longName =
  'production-kubernetes-worker-node-with-local-nvme-storage-017.eu-central-1.compute.internal.example.org';

/** Starts it, and tries every host once. */
export async function openTroubled(): Promise<Troubled> {
  const sonde = await startSonde();
  const hosts: Record<string, number> = {};
  await sonde.call('POST', '/global-settings', { deniedNetworks: [], collectAlways: true });

  /** Adds a host under a name of the pictures, and connects to it. */
  async function add(picture: string, body: Body): Promise<number> {
    const login = { ip: '127.0.0.1', username: 'ops', authType: 'password', password: 'x', name: picture };
    const { id } = await sonde.call('POST', '/host/db/host', {
      statsConfig: quick,
      folder: 'trouble',
      ...login,
      ...body,
    });
    hosts[picture] = Number(id);
    await sonde.call('POST', `/metrics/start/${String(id)}`);
    return Number(id);
  }

  const real = async (options?: SshdOptions, user?: UserOptions) => loginTo(await startSshd(options), addUser(user));
  await add('refused', { port: 1 });
  await add('no-name', { ip: 'no-such-host.invalid' });
  await add('no-network', { ip: '192.0.2.1' });
  await add('no-ssh', { port: await startTalker('HTTP/1.1 400 Bad Request\r\n\r\n') });
  await add('silent', { port: await startTalker('') });
  await add('wrong-password', { port: (await startSsh2Server('reject')).port });
  await add('no-shell', (await real({}, { shell: '/usr/sbin/nologin' })).body);
  await add('unknown-key', { ...(await real()).body, hostKeyPolicy: 'known-only' });
  const code = { pam: pam.passwordThenCode, config: ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'] };
  await add('code', (await real(code, { totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' })).body);
  await add('no-metrics', { ...(await real()).body, statsConfig: { ...quick, metricsEnabled: false } });
  await add('no-root', (await real()).body);
  await add('large', { port: (await startFakeHost(largeHost(large))).port, folder: 'machines' });
  await add('long-names', {
    port: (await startFakeHost(withLongNames(largeHost(small)))).port,
    name: longName,
    username: 'a-service-account-with-a-rather-long-name',
    folder: 'A folder with a name that somebody took from a spreadsheet with many words',
    tags: ['environment:production', 'cost-centre-4711-platform-engineering', 'kubernetes', 'eu-central-1'],
  });

  const changed = await real({ hostKeys: [keyPair().file] });
  await add('changed-key', changed.body);
  const gone = await real();
  await add('went-down', gone.body);
  const bastion = await real();
  const jumpId = await add('bastion', bastion.body);
  await add('cut-off', { ...(await real()).body, jumpHosts: [{ hostId: jumpId }] });
  await changed.server.stop();
  await startSshd({ host: changed.server.host, port: changed.server.port, hostKeys: [keyPair('ecdsa').file] });
  await gone.server.stop();
  await bastion.server.stop();
  for (const name of ['changed-key', 'went-down', 'bastion', 'cut-off'])
    await sonde.call('POST', `/metrics/start/${hosts[name]}`);
  return {
    sonde,
    hosts,
    stop: async () => {
      await sonde.stop();
      await stopServers();
    },
  };
}

function loginTo(server: Server, user: User): { readonly server: Server; readonly body: Body } {
  const { host: ip, port } = server;
  return { server, body: { ip, port, username: user.name, authType: 'password', password: user.password } };
}

/** A server that says one thing to whoever comes, and nothing else. */
async function startTalker(words: string): Promise<number> {
  const port = await freePort('127.0.0.1');
  await new Promise<void>((done) => {
    createServer((socket) => {
      socket.on('error', () => {});
      if (words !== '') socket.end(words);
    }).listen(port, '127.0.0.1', done);
  });
  return port;
}

/** The same host with names of interfaces, file systems and commands that no column has room for. */
function withLongNames(next: ReturnType<typeof largeHost>): ReturnType<typeof largeHost> {
  return () => {
    const { files, sections } = next();
    const mount = `/var/lib/kubelet/pods/3f0c1a52-6a51-4f2e-9d0c-1b7f4e2c9a10/volumes/kubernetes.io~csi/pvc-data-of-the-shop/mount`;
    return {
      files,
      sections: {
        ...sections,
        disk: (sections.disk ?? '').replaceAll('/srv/projects/archive/customer-1', mount),
      },
    };
  };
}

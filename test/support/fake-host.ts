/**
 * SSH servers in this process that answer the sampler's protocol with given texts, for hosts that no rig can create.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { exportWord } from '../../src/collectors/sampler/sampler.ts';

/**
 * What a host answers: the lines of the collectors' files, and the text of each section with headings that begin with `@`.
 * `forExport`: the lines of the files while an export wants the host; absent: the same ones.
 */
export type Answer = {
  readonly files: string;
  readonly forExport?: string;
  readonly sections: Readonly<Record<string, string>>;
};

export type FakeHost = {
  readonly port: number;
  /** Ends it and all connections to it. */
  readonly close: () => void;
};

let key = '';

/**
 * Starts a host that accepts every password. `next` is called for each sample; `onRequest` for each request except
 * follow-ups.
 */
export async function startFakeHost(next: () => Answer, onRequest: () => void = () => {}): Promise<FakeHost> {
  key ||= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('authentication', (context) =>
      context.method === 'password' ? context.accept() : context.reject(['password']),
    );
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => serve(acceptExec(), next, onRequest));
    });
    client.on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const client of clients) client.end();
    },
  };
}

function framed(answer: Answer, nonce: string, words: readonly string[]): string {
  const { forExport, sections } = answer;
  const isExported = words.includes(exportWord);
  const files = isExported && forExport !== undefined ? forExport : answer.files;
  const names = words.filter((word) => word !== exportWord);
  const uptime = (performance.now() / 1000 + 100_000).toFixed(2);
  const texts = names.map((asked) => {
    const [name = ''] = asked.split('=');
    // Headings carry the nonce of their answer.
    return `@@${nonce} section ${name}\n${(sections[name] ?? '').replace(/^@/gm, `@${nonce} `)}\n`;
  });
  return `\n@@${nonce} begin ${uptime}\n${files}\n${texts.join('')}@@${nonce} end\n`;
}

/** One shell: reads the program, says that it is ready, then answers line by line. */
function serve(channel: ssh2.ServerChannel, next: () => Answer, onRequest: () => void): void {
  let text = '';
  let isReady = false;
  channel.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (!isReady) {
      const token = /^@@ready ([0-9a-f]+)'$/m.exec(text)?.[1];
      if (token === undefined || !text.endsWith('\n}\n')) return;
      isReady = true;
      text = '';
      channel.write(`\n@@ready ${token}\n`);
      return;
    }
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const [nonce = '', ...names] = text.slice(0, end).split(' ').filter(Boolean);
      text = text.slice(end + 1);
      if (!names.some((name) => name.includes('='))) onRequest();
      channel.write(framed(next(), nonce, names));
    }
  });
}

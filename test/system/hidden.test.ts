/** A login that the host shows only a part says so, and no part is shown as the whole. */
import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { addUser, startSshd, stopServers } from '../support/rig.ts';
import { startService } from '../support/service.ts';

afterAll(stopServers);

test('processes of others that /proc hides are not counted as if there were none', async () => {
  const user = addUser();
  const server = await startSshd({ isAlone: true });
  const sonde = await startService();
  try {
    const [first] = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).split('\n');
    const within = ['-t', String(first), '-m', '-p', 'mount', '-o', 'remount,hidepid=2', '/proc'];
    const login = { username: user.name, authType: 'password', password: user.password };
    const id = await sonde.admin.add({ name: 'shared', ip: server.host, port: server.port, ...login });
    const look = async () => {
      expect((await sonde.admin.post(`/metrics/start/${id}`)).status).toBe(200);
      const { body } = await sonde.admin.get(`/metrics/${id}`);
      await sonde.admin.post(`/metrics/stop/${id}`, {});
      return body;
    };
    const open = await look();
    expect(open.sections.processes.error).toBeNull();
    expect(open.processes.total).toBeGreaterThan(1);
    execFileSync('nsenter', within);
    const hidden = await look();
    expect(hidden.sections.processes.error).toMatchObject({ reason: 'not-permitted' });
    expect(hidden.processes).toMatchObject({ total: null, running: null, threads: null });
    expect(hidden.processes.top.length).toBeGreaterThan(0);
  } finally {
    await sonde.close();
  }
});

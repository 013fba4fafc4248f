import { describe, expect, test } from 'vitest';
import { HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import { hopsOf, keyOf, routeTo } from './route.ts';

const proxy = { type: 'socks5', host: '2001:db8::1', port: 1080, username: '' } as const;

/** Hosts by id, each with the ids of its jump hosts. */
function fleet(jumps: Readonly<Record<number, readonly number[]>>, proxied: readonly number[] = []) {
  const hosts = new Map(
    Object.entries(jumps).map(([id, ids]) => {
      const jumpHosts = ids.map((hostId) => ({ hostId, isLent: true }));
      const proxies = proxied.includes(Number(id)) ? [proxy] : [];
      // Safe: only these fields are looked at.
      return [
        Number(id),
        { id: Number(id), name: `h${id}`, ownerId: 'ada', jumpHosts, proxies } as unknown as WatchTarget,
      ];
    }),
  );
  const targetOf = (id: number): WatchTarget => hosts.get(id) as WatchTarget;
  return { hosts, targetOf, route: (id: number) => routeTo(targetOf(id), (one) => hosts.get(one)) };
}

const namesOf = (jumps: Parameters<typeof fleet>[0], id: number, proxied?: readonly number[]) =>
  hopsOf(fleet(jumps, proxied).route(id)).map(({ name }) => name);

describe('the route to a host', () => {
  test.each([
    ['without jump hosts is direct', { 1: [] }, 1, []],
    ['goes by the list', { 1: [], 2: [], 3: [1, 2] }, 3, ['h1', 'h2']],
    ['begins with the route of its first jump host', { 1: [], 2: [1], 3: [2] }, 3, ['h1', 'h2']],
    ['names no host twice that the list says as well', { 1: [], 2: [1], 3: [1, 2] }, 3, ['h1', 'h2']],
    ['is a jump host’s own where it has one', { 1: [], 2: [], 3: [2], 4: [1, 3] }, 4, ['h2', 'h3']],
  ] as const)('%s', (_, jumps, id, names) => {
    expect(namesOf(jumps, id)).toEqual(names);
  });

  test('begins with the proxies of the first jump host, or else its own', () => {
    expect(namesOf({ 1: [], 2: [1] }, 2, [1])).toEqual(['[2001:db8::1]:1080', 'h1']);
    expect(namesOf({ 1: [], 2: [1] }, 2, [2])).toEqual(['[2001:db8::1]:1080', 'h1']);
  });

  test.each([
    ['a circle', { 1: [2], 2: [1] }, 1],
    ['a circle further out', { 1: [2], 2: [3], 3: [2] }, 1],
    ['eleven', Object.fromEntries([...Array(12).keys()].map((id) => [id + 1, id < 11 ? [id + 2] : []])), 1],
  ])('is none where the jump hosts are %s', (_, jumps, id) => {
    const unsupported = expect.objectContaining({ stage: 'jump', reason: 'unsupported' });
    expect(() => namesOf(jumps, id)).toThrow(HostError);
    expect(() => namesOf(jumps, id)).toThrow(expect.objectContaining({ failure: unsupported }));
  });

  test('is none where a jump host is gone or not lent any more, and says which', () => {
    const { hosts, targetOf } = fleet({ 1: [], 2: [1], 3: [9] });
    const revoked = { ...targetOf(2), jumpHosts: [{ hostId: 1, isLent: false }] };
    for (const [target, hostId] of [
      [targetOf(3), 9],
      [revoked, 1],
    ] as const) {
      expect(() => routeTo(target, (id) => hosts.get(id))).toThrow(
        expect.objectContaining({
          failure: expect.objectContaining({
            stage: 'jump',
            reason: 'not-found',
            hop: expect.objectContaining({ index: 0, hostId }),
          }),
        }),
      );
    }
  });
});

test('the connection to a jump host has one name, whichever list it is on', () => {
  const { route } = fleet({ 1: [], 2: [1], 3: [2], 4: [1, 2] });
  const keys = [3, 4].map((id) => keyOf({ ...route(id), jumps: route(id).jumps.slice(0, 1) }, 2));
  expect(new Set([...keys, keyOf(route(2), 2)]).size).toBe(1);
});

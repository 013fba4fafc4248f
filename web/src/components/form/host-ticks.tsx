import { useMemo } from 'react';
import { foldName } from '../../../../src/model/names.ts';
import { live, useLive } from '../../live/use-live.ts';
import { ticksTexts as words } from '../../texts/common.ts';
import type { TickOption } from './tick-options.ts';
import { Ticks } from './ticks.tsx';

/**
 * Some of the hosts that one sees, ticked in a list; nothing if there are none. What is chosen and cannot be seen is listed by
 * its id. `without`: a host that is not offered. `onlyOwn`: hosts of others are not offered either. The rest is as in `Ticks`.
 */
export function HostTicks({
  without = null,
  onlyOwn = false,
  ...rest
}: {
  readonly legend: string;
  readonly search: string;
  readonly hint: string;
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
  readonly without?: number | null;
  readonly onlyOwn?: boolean;
  readonly most?: number;
  readonly name?: string;
}) {
  const hosts = useHosts(without, onlyOwn);
  if (hosts.length + rest.chosen.length === 0) return null;
  return <Ticks {...rest} options={hosts} nameOf={words.unseen} />;
}

const byName = new Intl.Collator('en', { numeric: true });

/** Sorted when hosts come or go, and not with every value that is told of one. */
function useHosts(without: number | null, onlyOwn: boolean): readonly TickOption<number>[] {
  const count = useLive(({ fleet }) => fleet.size);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fleet is read when its size changes
  return useMemo(
    () =>
      [...live.getState().fleet.values()]
        .filter(({ host }) => host.id !== without && (host.mine || !onlyOwn))
        .map(({ host: { id, name } }) => ({ key: id, name, folded: foldName(name) }))
        .sort((a, b) => byName.compare(a.name, b.name)),
    [count, without, onlyOwn],
  );
}

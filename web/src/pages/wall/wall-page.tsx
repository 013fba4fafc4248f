import { Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { Icon } from '../../components/icon.tsx';
import { useNow } from '../../components/now.tsx';
import { ConnectionBar } from '../../components/shell/connection-bar.tsx';
import { countsOf } from '../../components/shell/counts.tsx';
import { StatusMark } from '../../components/status-mark.tsx';
import { useTitle } from '../../components/use-title.ts';
import * as format from '../../format.ts';
import { oldStepMs } from '../../live/old.ts';
import { useLive, useStream, useView } from '../../live/use-live.ts';
import { verdicts } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { wallTexts } from '../../texts/fleet.ts';
import { arrange, noFolds } from '../fleet/arrange/arrange.ts';
import { FleetMap } from '../fleet/map/fleet-map.tsx';
import { wrongOf } from './wrong.ts';
import { AlikeCard, WrongCard } from './wrong-card.tsx';

const noWatch = { hosts: [], watch: [] } as const;
/** More do not fit a screen; the map below still shows each. */
const maxCards = 24;

/** What is wrong, large and first, for a screen on a wall: no navigation, nothing to click. */
export function WallPage() {
  useStream();
  useView(noWatch);
  useTitle(wallTexts.title);
  const fleet = useDeferredValue(useLive((state) => state.fleet));
  const isLoaded = useLive((state) => state.isLoaded);
  const now = useNow(oldStepMs);
  const wrong = useMemo(() => wrongOf(fleet.values(), now), [fleet, now]);
  const map = useMemo(() => arrange(fleet.values(), { layout: 'map' }, noFolds, now), [fleet, now]);
  const counts = countsOf(fleet);
  return (
    <main className="flex min-h-dvh flex-col gap-5 p-5 2xl:p-8">
      <ConnectionBar />
      <header className="flex flex-wrap items-center gap-x-8 gap-y-3">
        <h1 className="sr-only">{wallTexts.title}</h1>
        {verdicts.map((verdict) => (
          <span key={verdict} className="numbers flex items-center gap-3 text-3xl font-semibold 2xl:text-5xl">
            <span className="flex scale-150">
              <StatusMark verdict={verdict} />
            </span>
            {counts[verdict]}
            <span aria-hidden="true" className="text-base font-normal text-muted 2xl:text-xl">
              {texts.status[verdict]}
            </span>
          </span>
        ))}
        <span className="flex-1" />
        <Clock />
        <Link
          to="/"
          aria-label={wallTexts.leave}
          title={wallTexts.leave}
          className="rounded-lg p-2 text-muted hover:bg-sunken"
        >
          <Icon name="close" />
        </Link>
      </header>
      {isLoaded && fleet.size === 0 ? (
        <p className="flex flex-1 items-center justify-center text-4xl text-muted">{wallTexts.none}</p>
      ) : isLoaded && wrong.length === 0 ? (
        <p className="flex flex-1 items-center justify-center gap-4 text-4xl font-semibold text-good">
          <Icon name="check" className="size-10" />
          {wallTexts.allWell}
        </p>
      ) : (
        <section className="grid flex-1 grid-cols-[repeat(auto-fill,minmax(min(27rem,100%),1fr))] content-start gap-4">
          {wrong
            .slice(0, maxCards)
            .map((one) =>
              one.kind === 'host' ? (
                <WrongCard key={one.entry.host.id} entry={one.entry} />
              ) : (
                <AlikeCard key={one.key} wrong={one} />
              ),
            )}
          {wrong.length > maxCards ? (
            <p className="flex items-center p-4 text-xl text-muted">{wallTexts.more(wrong.length - maxCards)}</p>
          ) : null}
        </section>
      )}
      {fleet.size > 0 ? <FleetMap items={map} isLarge /> : null}
    </main>
  );
}

function Clock() {
  const now = useNow();
  return (
    <time className="numbers text-3xl font-semibold 2xl:text-5xl">{format.clock(new Date(now).toISOString())}</time>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { channelsQuery, maintenanceQuery, silencesQuery } from '../../api/alerts.ts';
import { hostNameOf } from '../../live/use-live.ts';
import type { Names } from './telling.ts';

/** The names of what keeps incidents quiet, as far as they are known, and whether there is a channel. */
export function useNames(): Names {
  const { data: silences } = useQuery(silencesQuery);
  const { data: maintenance } = useQuery(maintenanceQuery);
  const { data: channels } = useQuery(channelsQuery);
  return useMemo(
    () => ({
      host: (id) => hostNameOf(id) ?? null,
      maintenance: (id) => maintenance?.find((one) => one.id === id)?.name ?? null,
      silence: (id) => silences?.find((one) => one.id === id)?.until ?? null,
      hasChannels: channels === undefined ? null : channels.some(({ enabled }) => enabled),
    }),
    [silences, maintenance, channels],
  );
}

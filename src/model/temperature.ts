import type { Sensor } from './facts.ts';

/** Of the sensors that tell how hot the host is; null where there are none. */
export function highestCelsius(sensors: readonly Sensor[]): number | null {
  const telling = sensors.filter(({ isTelling }) => isTelling).map(({ celsius }) => celsius);
  return telling.length === 0 ? null : Math.max(...telling);
}

import Type from 'typebox';
import { number, numberOrNull, text } from '../../lib/schema.ts';
import type { Sensor, TemperatureFacts } from './facts.ts';

export const temperatureSchema = Type.Object({
  source: Type.Enum(['sysfs', 'sensors', 'none']),
  highestCelsius: numberOrNull,
  sensors: Type.Array(Type.Object({ label: text, celsius: number })),
});

export function temperatureView(facts: TemperatureFacts | null, source: string | null) {
  const sensors = facts?.sensors ?? [];
  return {
    source: sensors.length === 0 ? 'none' : source === 'sensors' ? 'sensors' : 'sysfs',
    highestCelsius: highestCelsius(sensors),
    sensors: sensors.map(({ label, celsius }) => ({ label, celsius })),
  };
}

/** The highest of the sensors that show how hot the host is; null if there are none. */
export function highestCelsius(sensors: readonly Sensor[]): number | null {
  const telling = sensors.filter(({ isTelling }) => isTelling).map(({ celsius }) => celsius);
  return telling.length === 0 ? null : Math.max(...telling);
}

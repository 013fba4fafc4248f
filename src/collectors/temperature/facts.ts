import type { LeftOut } from '../../model/facts.ts';

export type Sensor = {
  /** Names one sensor of the host: no two have the same. */
  readonly label: string;
  readonly celsius: number;
  /** Whether it tells how hot the host is. Inputs of a board's chip that nothing is connected to read anything. */
  readonly isTelling: boolean;
};

/** `devices`: what each hwmon folder's chip is (`hwmon3` → `nvme0`). Not shown. */
export type TemperatureFacts = {
  readonly sensors: readonly Sensor[];
  readonly devices: Readonly<Record<string, string>>;
} & LeftOut<'sensors'>;

import type { LeftOut } from '../../model/facts.ts';

export type Sensor = {
  /** Identifies one sensor of the host; no two are the same. */
  readonly label: string;
  readonly celsius: number;
  /** Whether it shows how hot the host is. Inputs of a board's chip with nothing connected read anything. */
  readonly isTelling: boolean;
};

/** `devices`: the chip behind each hwmon folder (`hwmon3` → `nvme0`). Not shown. */
export type TemperatureFacts = {
  readonly sensors: readonly Sensor[];
  readonly devices: Readonly<Record<string, string>>;
} & LeftOut<'sensors'>;

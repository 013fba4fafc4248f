import Type from 'typebox';
import { nullable, numberOrNull, textOrNull } from '../../lib/schema.ts';
import type { SystemFacts } from './facts.ts';

export const systemSchema = Type.Object({
  hostname: textOrNull,
  kernel: Type.Union([Type.String({ description: 'Its release, as `uname -r` prints it' }), Type.Null()]),
  kernelName: Type.Union([Type.String({ description: 'The system, as `uname -s` prints it' }), Type.Null()]),
  os: textOrNull,
  osId: textOrNull,
  osVersion: textOrNull,
  architecture: textOrNull,
  virtualisation: textOrNull,
  cpuModel: textOrNull,
  clockOffsetSeconds: numberOrNull,
  timeZone: textOrNull,
  rebootRequired: nullable(
    Type.Boolean({
      description: 'An update waits for a restart (/run/reboot-required). Only Debian and its relatives say so',
    }),
  ),
});

export function systemView(facts: SystemFacts | null) {
  return {
    hostname: facts?.hostname ?? null,
    kernel: facts?.kernel ?? null,
    kernelName: facts?.kernelName ?? null,
    os: facts?.os ?? null,
    osId: facts?.osId ?? null,
    osVersion: facts?.osVersion ?? null,
    architecture: facts?.architecture ?? null,
    virtualisation: facts?.virtualisation ?? null,
    cpuModel: facts?.cpuModel ?? null,
    clockOffsetSeconds: facts?.clockOffsetSeconds ?? null,
    timeZone: facts?.timeZone ?? null,
    rebootRequired: facts?.rebootRequired ?? null,
  };
}

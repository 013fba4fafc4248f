import type { CpuShare, FactsByName } from '../../model/facts.ts';
import type { SnapshotSection } from '../../model/snapshot.ts';
import { highestCelsius } from '../../model/temperature.ts';
import { duration, gib, percent, round } from './scale.ts';

export function cpuView(facts: FactsByName['cpu'] | null) {
  return {
    percent: percent(facts?.total?.busy),
    cores: facts?.cores ?? null,
    load: facts?.load ?? null,
    breakdown: facts?.total ? shares(facts.total) : null,
    perCore: facts?.perCore.map(({ core, share }) => ({ core, percent: percent(share?.busy) })) ?? [],
    pressure: facts?.pressure ?? null,
  };
}

function shares(share: CpuShare): Record<string, number | null> {
  return Object.fromEntries(Object.entries(share).map(([name, ratio]) => [name, percent(ratio)]));
}

export function memoryView(facts: FactsByName['memory'] | null) {
  return {
    percent: facts && facts.totalBytes > 0 ? percent(facts.usedBytes / facts.totalBytes) : null,
    usedGiB: facts ? round(facts.usedBytes / gib, 2) : null,
    totalGiB: facts ? round(facts.totalBytes / gib, 2) : null,
    usedBytes: facts?.usedBytes ?? null,
    totalBytes: facts?.totalBytes ?? null,
    availableBytes: facts?.availableBytes ?? null,
    freeBytes: facts?.freeBytes ?? null,
    buffersBytes: facts?.buffersBytes ?? null,
    cachedBytes: facts?.cachedBytes ?? null,
    zfsCacheBytes: facts?.zfsCacheBytes ?? null,
    availableIsEstimate: facts?.availableIsEstimate ?? null,
    swap: swapView(facts),
    pressure: facts?.pressure ?? null,
  };
}

function swapView(facts: FactsByName['memory'] | null): { totalBytes: number; usedBytes: number } | null {
  const [totalBytes, usedBytes] = [facts?.swapTotalBytes ?? null, facts?.swapUsedBytes ?? null];
  return totalBytes === null || usedBytes === null ? null : { totalBytes, usedBytes };
}

export function uptimeView(facts: FactsByName['uptime'] | null) {
  const seconds = facts === null ? null : Math.floor(facts.seconds);
  return {
    seconds,
    formatted: seconds === null ? null : duration(seconds),
    bootId: facts?.bootId ?? null,
  };
}

export function systemView(facts: FactsByName['system'] | null) {
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
  };
}

export function temperatureView(section: SnapshotSection<FactsByName['temperature']> | null) {
  const sensors = section?.facts?.sensors ?? [];
  return {
    source: sensors.length === 0 ? 'none' : section?.source === 'sensors' ? 'sensors' : 'sysfs',
    highestCelsius: highestCelsius(sensors),
    sensors: sensors.map(({ label, celsius }) => ({ label, celsius })),
  };
}

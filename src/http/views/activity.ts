import type { FactsByName, Process } from '../../model/facts.ts';

export function processesView(facts: FactsByName['processes'] | null) {
  const total = facts?.memoryTotalBytes ?? null;
  const show = (one: Process) => ({
    pid: String(one.pid),
    user: one.user ?? '?',
    cpu: one.cpuRatio === null ? '0.0' : (one.cpuRatio * 100).toFixed(1),
    mem: total ? ((one.residentBytes / total) * 100).toFixed(1) : '0.0',
    command: one.command,
    residentBytes: one.residentBytes,
    state: one.state,
  });
  // What was seen of a part is no count of the host.
  const counts = facts?.isPartial ? null : facts;
  return {
    total: counts?.total ?? null,
    running: counts?.running ?? null,
    top: facts?.topCpu.map(show) ?? [],
    topMemory: facts?.topMemory.map(show) ?? [],
    sleeping: counts?.sleeping ?? null,
    blocked: counts?.blocked ?? null,
    zombie: counts?.zombie ?? null,
    stopped: counts?.stopped ?? null,
    threads: counts?.threads ?? null,
  };
}

export function loginView(facts: FactsByName['login_stats'] | null) {
  const recent = facts?.recentLogins ?? [];
  return {
    recentLogins: recent.map((login) => ({ ...login, status: 'success' })),
    failedLogins: (facts?.failedLogins ?? []).map((login) => ({ ...login, status: 'failed' })),
    totalLogins: recent.length,
    uniqueIPs: new Set(recent.map((login) => login.ip).filter((ip) => ip !== '' && ip !== 'local')).size,
  };
}

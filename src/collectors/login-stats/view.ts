import Type from 'typebox';
import { count, text, textOrNull } from '../../lib/schema.ts';
import type { LoginFacts } from './facts.ts';

function login(outcome: string) {
  return Type.Object({ user: text, ip: text, time: text, terminal: textOrNull, status: Type.Literal(outcome) });
}

export const loginSchema = Type.Object({
  recentLogins: Type.Array(login('success')),
  failedLogins: Type.Array(login('failed')),
  totalLogins: count,
  uniqueIPs: count,
});

export function loginView(facts: LoginFacts | null) {
  const recent = facts?.recentLogins ?? [];
  return {
    recentLogins: recent.map((login) => ({ ...login, status: 'success' })),
    failedLogins: (facts?.failedLogins ?? []).map((login) => ({ ...login, status: 'failed' })),
    totalLogins: recent.length,
    uniqueIPs: new Set(recent.map((login) => login.ip).filter((ip) => ip !== '' && ip !== 'local')).size,
  };
}

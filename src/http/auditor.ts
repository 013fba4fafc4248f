import type { FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.ts';
import type { AuditAction, AuditEvent } from '../model/people/audit.ts';

type What = Pick<AuditEvent, 'hostId' | 'target' | 'details'>;

/** Records what the user of a request did. Resolves when it is on disk; never rejects. */
export type Auditor = (request: FastifyRequest, action: AuditAction, what?: What) => Promise<void>;

/** An auditor that writes to a log. */
export function createAuditor(audit: Audit): Auditor {
  return (request, action, what = {}) => {
    const { principal } = request;
    return audit.record({
      action,
      userId: principal?.user.id ?? null,
      username: principal?.user.username ?? '',
      address: request.ip,
      via: principal?.apiKeyName ? `api key ${principal.apiKeyName}` : 'session',
      ...what,
    });
  };
}

/** The names of the fields in which two records differ, and of the secrets that were sent; never a value. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  sent: unknown,
): readonly string[] {
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => name !== 'updatedAt' && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const secrets = ['password', 'key', 'keyPassword', 'certificate', 'socks5Password'].filter((name) => {
    const value = (sent as Readonly<Record<string, unknown>> | null)?.[name];
    return value !== undefined && value !== '';
  });
  return [...new Set([...names, ...secrets])];
}

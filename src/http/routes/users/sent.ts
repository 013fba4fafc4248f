import type { FastifyRequest } from 'fastify';
import { badRequest } from '../../../lib/errors.ts';

/** Where a request comes from. */
export function from(request: FastifyRequest): { readonly address: string; readonly userAgent: string } {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}

/** A required text of a body. Throws 400. */
export function required(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw badRequest(`${name} is required`);
  return value;
}

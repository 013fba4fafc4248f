import './compiled.ts';
import { RequestError } from '../errors.ts';

/** What a thread does: call the function that a module exports under a name. */
export type ThreadTask = { readonly module: string; readonly name: string; readonly input: unknown };

/** What it returned, or the error it threw: errors lose their class and fields between threads. */
export type ThreadAnswer =
  | { readonly result: unknown }
  | { readonly refused: Pick<RequestError, 'statusCode' | 'message' | 'code' | 'retryAfterSeconds'> };

/** The entry point of every thread. */
export default async function runTask({ module, name, input }: ThreadTask): Promise<ThreadAnswer> {
  try {
    // Safe: module and name come from our own code, never from a request.
    const exported = (await import(module)) as Record<string, (input: unknown) => unknown>;
    return { result: await exported[name]?.(input) };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { statusCode, message, code, retryAfterSeconds } = error;
    return { refused: { statusCode, message, code, retryAfterSeconds } };
  }
}

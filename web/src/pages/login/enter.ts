import { request } from '../../api/http.ts';
import { queryClient } from '../../api/queries.ts';

export type LoginAnswer = { readonly requires_totp?: true; readonly temp_token?: string };

/** Logs in; the session comes as a cookie. */
export function logIn(fields: {
  readonly username?: string;
  readonly password?: string;
  readonly rememberMe?: boolean;
}) {
  return request<LoginAnswer>('POST', '/users/login', fields);
}

/** Goes where the person wanted to, as whom they logged in as. */
export async function enter(next: string): Promise<void> {
  queryClient.clear();
  const { router } = await import('../../router.tsx');
  router.history.push(next);
}

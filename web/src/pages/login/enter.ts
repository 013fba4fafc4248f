import { useRouter } from '@tanstack/react-router';
import { at } from '../../api/base.ts';
import { request } from '../../api/http.ts';
import { queryClient } from '../../api/queries.ts';
import type { LoggedIn } from '../../api/types.ts';

/** Logs in; the session comes as a cookie. */
export function logIn(fields: {
  readonly username?: string;
  readonly password?: string;
  readonly rememberMe?: boolean;
}) {
  return request<LoggedIn>('POST', '/users/login', fields);
}

/** Opens the page that was asked for before the login, as the account that has just logged in. */
export function useEnter(): (next: string) => void {
  const { history } = useRouter();
  return (next) => {
    queryClient.clear();
    history.push(at(next));
  };
}

import { useRouter } from '@tanstack/react-router';
import { at } from '../../api/base.ts';
import { request } from '../../api/http.ts';
import { meQuery, queryClient } from '../../api/queries.ts';
import type { LoggedIn } from '../../api/types.ts';
import { loginTexts } from '../../texts/login.ts';

/** Logs in; the session comes as a cookie. */
export function logIn(fields: {
  readonly username?: string;
  readonly password?: string;
  readonly rememberMe?: boolean;
}) {
  return request<LoggedIn>('POST', '/users/login', fields);
}

/**
 * Opens the page that was asked for before the login, as the account that has just logged in. Throws if the browser did not keep
 * the cookie: the login would only be shown again.
 */
export function useEnter(): (next: string) => Promise<void> {
  const { history } = useRouter();
  return async (next) => {
    queryClient.clear();
    if ((await queryClient.fetchQuery(meQuery)) === null)
      throw new Error(window.top === window.self ? loginTexts.notKept : loginTexts.notKeptInFrame);
    history.push(at(next));
  };
}

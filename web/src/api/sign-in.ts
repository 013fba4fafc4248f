import { queryOptions } from '@tanstack/react-query';
import { type SignInRefusal, signInRefusals } from '../../../src/model/people/sign-in.ts';
import { request } from './http.ts';

/** The provider that people can sign in with, as anybody may see it. */
export type PublicProvider = { readonly name: string };

/** The settings of the provider; what is left out has its default. */
export type ProviderConfig = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly clientAuth?: 'auto' | 'basic' | 'post';
  readonly scopes?: string;
  readonly name?: string;
  readonly userNameClaim?: string;
  readonly groupsClaim?: string;
  readonly adminGroups?: readonly string[];
  readonly allowedGroups?: readonly string[];
  readonly allowedDomains?: readonly string[];
  readonly createAccounts?: boolean;
  readonly sessionHours?: number;
  readonly logOutAtProvider?: boolean;
};

export type ProviderView = {
  readonly source: 'none' | 'page' | 'file' | 'sealed';
  readonly config: ProviderConfig | null;
  readonly redirectUri: string;
  readonly logoutUri: string;
  readonly passwordLogin: boolean;
};

export type ProviderTest = { readonly success: boolean; readonly answer: string; readonly notes: readonly string[] };

/** Somebody who signed in and has no account. */
export type IdentityRequest = {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  readonly askedAt: string;
};

/** Null: nobody can sign in with a provider. */
export const publicProviderQuery = queryOptions({
  queryKey: ['/users/oidc-config'],
  queryFn: () => request<PublicProvider | null>('GET', '/users/oidc-config'),
});
export const passwordLoginQuery = queryOptions({
  queryKey: ['/users/password-login-allowed'],
  queryFn: () => request<{ readonly allowed: boolean }>('GET', '/users/password-login-allowed'),
});
export const providerQuery = queryOptions({
  queryKey: ['/sign-in/provider'],
  queryFn: () => request<ProviderView>('GET', '/sign-in/provider'),
});
export const identityRequestsQuery = queryOptions({
  queryKey: ['/sign-in/requests'],
  queryFn: () => request<{ readonly requests: readonly IdentityRequest[] }>('GET', '/sign-in/requests'),
});

/** One of the reasons that there are; null for any other text. */
export function readRefusal(value: unknown): SignInRefusal | null {
  return signInRefusals.find((one) => one === value) ?? null;
}

/** Leaves for the provider, which leads back to `next`. */
export async function leaveForProvider(next: string): Promise<void> {
  const query = new URLSearchParams({ next });
  const { auth_url } = await request<{ readonly auth_url: string }>('GET', `/users/oidc/authorize?${query.toString()}`);
  location.assign(auth_url);
}

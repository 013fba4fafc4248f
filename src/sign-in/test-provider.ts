import { SignInFault } from './fault.ts';
import type { Provider } from './provider.ts';

/** What a test of the settings found, in sentences for the admin. */
export type Tested = {
  readonly success: boolean;
  /** The provider answers as it should; or what is wrong. */
  readonly answer: string;
  /** What works nevertheless, or could not be tested. */
  readonly notes: readonly string[];
};

/** Asks a provider for its description and keys, and whether it knows the client. Nobody signs in. */
export async function testProvider(provider: Provider, redirectUri: string): Promise<Tested> {
  try {
    const server = (await provider.describe()).serverMetadata();
    const notes: string[] = [];
    const methods = server.code_challenge_methods_supported;
    if (methods !== undefined && !methods.includes('S256'))
      return failed('The provider does not support PKCE with S256, which Sonde uses');
    if (server.jwks_uri === undefined) return failed('The provider names no keys to check its ID tokens with');
    if (provider.settings.logOutAtProvider && server.end_session_endpoint === undefined)
      notes.push('The provider has no address for logging out: logging out of Sonde does not end its session there.');
    const scopes = server.scopes_supported;
    const unknown = provider.settings.scopes
      .split(' ')
      .filter((scope) => scopes !== undefined && !scopes.includes(scope));
    if (unknown.length > 0) notes.push(`The provider does not list these scopes: ${unknown.join(', ')}.`);
    const unclear = await provider.tryClient(redirectUri);
    if (unclear !== null) notes.push(`The client ID and its secret could not be tested: ${unclear}.`);
    const answer =
      unclear === null
        ? 'The provider answers, and knows the client ID and its secret.'
        : 'The provider answers. Sign in once to test the client ID and its secret.';
    return { success: true, answer, notes };
  } catch (error) {
    if (error instanceof SignInFault) return failed(error.message);
    throw error;
  }
}

function failed(answer: string): Tested {
  return { success: false, answer, notes: [] };
}

/** Why a session ended, so that the page can say it to whoever has to log in again. */
export const sessionEnds = [
  'expired',
  /** In another tab or program that uses the same session. */
  'logged-out',
  /** In the list of sessions, on another device. */
  'revoked',
  'password-changed',
  /** By an admin, or by the command `reset-password`. */
  'password-reset',
  'account-removed',
  /** The account is no longer linked to the provider that the session began with. */
  'unlinked',
] as const;

export type SessionEnd = (typeof sessionEnds)[number];

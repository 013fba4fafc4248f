import type { Failure } from '../../model/failure.ts';
import { failure } from '../failures.ts';

const maxCharacters = 4_096;

/** A host's words as one line that is safe to show: no control characters, no longer than a sentence. */
export function plainLine(text: string): string {
  return text
    .replace(/\p{Cc}\[[0-9;?]{0,20}[A-Za-z]/gu, '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 200);
}

/** Collects what a host says apart from its answers: the newest part of it, bounded. */
export class HostWords {
  private text = '';

  add(words: string): void {
    this.text = `${this.text}${words}`.slice(-maxCharacters);
  }

  /** Lines that say something, as they may be shown. */
  get lines(): readonly string[] {
    return this.text
      .split(/[\r\n]+/)
      .map(plainLine)
      .filter((line) => line !== '');
  }
}

/** An expiry that is only near does not count. */
const isWarning = /\bwill expire|expires? (?:in|on|today|tomorrow)|about to expire|grace login/i;

const expired =
  /password (?:has |is )?expired|(?:required|have|need|must) to change your password|must change your password|password change required|change your (?:expired )?password|password must be changed|expired password|passwor[dt] (?:ist )?abgelaufen|kennwort (?:ist )?abgelaufen|mot de passe a expiré|contraseña ha (?:caducado|expirado)|senha expirou|密码已过期|パスワードの有効期限が切れ/i;

const closed =
  /account (?:has |is )?(?:been )?(?:expired|locked|disabled|closed|suspended|deactivated|inactive|not active)|locked due to \d+ failed|account .{0,80} locked|user is (?:locked|disabled)|not allowed because (?:account is locked|shell)|konto (?:ist )?(?:abgelaufen|gesperrt)|compte (?:est )?(?:expiré|verrouillé)|cuenta (?:ha )?(?:caducado|expirado|está bloqueada)/i;

const notNow =
  /system is (?:going down|booting up)|unprivileged users are not permitted to log in|logins? (?:are |is )?(?:currently )?(?:disabled|not permitted|not allowed)|pam_nologin/i;

const tooMany = /too many logins for|maximum (?:number of )?(?:logins|sessions)|there were too many logins/i;

/**
 * Why an account may not be used, from what the host said about it; null: it said nothing of the kind. Source: the
 * messages of OpenSSH (session.c, auth-pam.c), pam_unix, pam_faillock, pam_tally2, pam_nologin, pam_limits, SSSD,
 * shadow's nologin(8).
 */
export function accountFailure(lines: readonly string[]): Failure | null {
  const find = (pattern: RegExp): string | undefined =>
    lines.find((line) => pattern.test(line) && !isWarning.test(line));
  if (find(expired) !== undefined) return failure('auth', 'password-expired');
  const said = find(closed) ?? find(notNow) ?? find(tooMany);
  return said === undefined ? null : failure('auth', 'account-closed', { said });
}

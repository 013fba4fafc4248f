/**
 * What a keyboard-interactive prompt wants. `choice`: something that only a person can do or decide, such as approving
 * on a phone; `password-change`: a new password, because the old one has expired.
 */
export type PromptKind =
  | 'password'
  | 'code'
  | 'password-and-code'
  | 'choice'
  | 'password-change'
  | 'username'
  | 'unknown';

/** A word, in any script, that is not part of a longer one. */
const word = (pattern: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');

const passwords =
  'pass(?:word|wort|phrase|words?)|kennwort|mot de passe|contrase(?:ñ|n|ny)a|senha|palavra-passe|parolă|parola|şifre|wachtwoord|lösenord|passord|adgangskode|kodeord|salasana|hasło|heslo|jelszó|пароль|пароля|mật khẩu';
const eastern = '密码|密碼|口令|パスワード|비밀번호|암호';
const password = new RegExp(`${word(passwords).source}|${eastern}|${word('first factor').source}`, 'iu');

/** One-time passwords are codes even though they are called passwords. */
const oneTimePassword =
  /one[- ]?time[- ](?:pass(?:word|code|phrase)|pin)|single[- ]use pass(?:word|code)|(?:s\/key|otp|totp|hotp|opie|token|dynamic)[- ]pass(?:word|code|phrase)|einmal(?:passwort|kennwort)|mot de passe à usage unique|contraseña de un solo uso|senha de uso único|password monouso|eenmalig wachtwoord|engångslösenord|одноразовый пароль|一次性密[码碼]|动态密码|動態密碼|动态口令|ワンタイムパスワード|일회용 (?:비밀번호|암호)/giu;
const code = new RegExp(
  `${
    word(
      'verification|authenticat(?:or|ion)(?: app)?(?: code| token)?|passcode|tokencode|otp|totp|hotp|oath|token|2fa|mfa|(?:two|2|multi)[- ]factor|second factor|codes?|pin|yubikey|securid|fortitoken|duo|challenge|response|kode?|код|code de vérification|código|codice|(?:bestätigungs|sicherheits|einmal)code|verificatiecode|verifieringskod|PASSCODE',
    ).source
  }|验证码|驗證碼|認証コード|確認コード|인증 ?(?:코드|번호)`,
  'iu',
);
/** An S/Key or OPIE challenge precedes an ordinary `Password:`. Source: RFC 2289 §5. */
const challenge = /\botp-(?:md4|md5|sha1) \d+ \S+|\bs\/key\b/i;

const choice = new RegExp(
  `${
    word(
      'press (?:enter|return|any key)|(?:select|choose|enter) (?:an? |your )?(?:option|factor|method|number)|option \\(?\\d|push|approve|touch|insert your|tap your|to continue|open your authenticator',
    ).source
  }`,
  'iu',
);

const newWord =
  'new|re-?type|re-?enter|re-?peat|again|confirm|current|existing|old|neues?|aktuelles?|altes|wiederholen|nouveau|actuel|ancien|nueva|actual|antigua|nuova|attuale|vecchia|nova|atual|nieuw|huidig|oud|nytt|nuvarande|nåværende|nyt|nuværende|nowe|obecne|nové|současné|uusi|nykyinen|yeni|mevcut|új|jelenlegi|новый|текущий|старый|повторите';
const changed = new RegExp(`${word(newWord).source}|新的|新密|新口令|当前|當前|新しい|現在の|新パス|새|현재`, 'iu');
const changing = word(
  '(?:must|required to|need to|please) change your password|password (?:has )?expired|your password is expired|change password',
);

/**
 * Placeholders for the user or the machine: names may contain any word, which says nothing about what is wanted.
 * `(ann@web) Password:` (OpenSSH 8.8), `ann@web's password:`, `Password for ann@web:`, `` (OATH) for `ann': ``,
 * `newman's Password:`.
 */
function withoutNames(line: string, names: readonly string[]): string {
  const told = names.filter((name) => name !== '').map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const own = told.length === 0 ? null : word(told.join('|'));
  const bare = line
    .replace(/^\s*\([^()]{1,300}@[^()]{1,300}\)/, ' ')
    .replace(/[`'"‘“][^`'"’”\s]{1,300}['"’”`](?!\w)/g, ' ')
    .replace(/\S{1,300}@\S{1,300}/g, ' ')
    .replace(/(?<!\S)\S{1,300}['’]s(?=\s)/g, ' ')
    .replace(
      /\b(for|pour|für|para|per|voor|för|для)(?: (?:the |your )?(?:user|account|benutzer|login))? [^\s:]{1,300}/giu,
      '$1 ',
    );
  return own === null ? bare : bare.replace(new RegExp(own.source, 'giu'), ' ');
}

/**
 * Determines from its words what a prompt wants. `Password & verification code:` wants both in one line. PAM's messages
 * may precede a prompt, so its last line decides if it can. `names`: of the user and the host.
 */
export function kindOfPrompt(prompt: string, names: readonly string[] = []): PromptKind {
  const text = prompt.slice(-2_000).normalize('NFC');
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  if (challenge.test(text)) return 'code';
  const last = kindOfLine(withoutNames(lines.at(-1) ?? '', names), lines.length > 1 && changing.test(text));
  return last !== 'unknown' || lines.length < 2 ? last : kindOfLine(withoutNames(lines.join(' '), names), false);
}

function kindOfLine(line: string, isChanging: boolean): PromptKind {
  const withoutOneTime = line.replace(oneTimePassword, ' ');
  const wantsCode = withoutOneTime !== line || code.test(withoutOneTime);
  const wantsPassword = password.test(withoutOneTime);
  if (wantsPassword && !wantsCode && (isChanging || changed.test(line) || changing.test(line)))
    return 'password-change';
  if (wantsCode && wantsPassword) return 'password-and-code';
  if (wantsCode) return 'code';
  if (wantsPassword) return 'password';
  if (/^\s*(?:user ?name|login(?: as)?|user)\s*:?\s*$/i.test(line)) return 'username';
  return choice.test(line) ? 'choice' : 'unknown';
}

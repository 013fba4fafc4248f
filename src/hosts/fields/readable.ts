/**
 * Control characters, and those that turn around the text after them: with U+202E, a host named "moc.live" reads as
 * "evil.com", and so does what follows its name. Source: Unicode Standard Annex 9, explicit formatting characters.
 */
const misleading = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** Letters and signs that are drawn as nothing, such as zero-width and Hangul filler characters. */
const invisible = /^[\p{Cf}\p{Z}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether a text has control characters or characters that turn around the text after them. */
export function isMisleading(text: string): boolean {
  return misleading.test(text);
}

/** A text without spaces around it; empty if nothing in it can be seen. */
export function trimmed(text: string): string {
  const rest = text.trim();
  return !isMisleading(rest) && invisible.test(rest) ? '' : rest;
}

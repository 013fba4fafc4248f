/**
 * The time of a syslog line in the old format (`Nov 24 10:00:00`, no year), in the host's time zone; null for anything
 * else.
 */
export function syslogTime(line: string, zone: string, at: number): string | null {
  const match = /^([A-Z][a-z]{2} +\d+ [\d:]{5,8})(?: |$)/.exec(line);
  if (match === null) return null;
  // The log has no years: a date from tomorrow on is of last year. East of Greenwich the next year may have begun
  // already.
  const year = new Date(at).getUTCFullYear();
  const times = [year + 1, year, year - 1].map((one) => Date.parse(`${match[1]} ${one} ${zone}`));
  const past = times.find((time) => time <= at + 86_400_000);
  return past === undefined ? null : new Date(past).toISOString();
}

export function isoTime(text: string): string | null {
  const time = Date.parse(text.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** Logins without a network have no address; the contract has a text in that field. */
export function addressOf(text: string): string {
  return /^[\w.:%-]+$/.test(text) && !/^:\d/.test(text) ? text : 'local';
}

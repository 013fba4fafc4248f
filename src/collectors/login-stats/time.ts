/** The time of a line of syslog in its old form (`Nov 24 10:00:00`, no year), in the host's zone; null for what is none. */
export function syslogTime(line: string, zone: string, at: number): string | null {
  const match = /^([A-Z][a-z]{2} +\d+ [\d:]{5,8})(?: |$)/.exec(line);
  if (match === null) return null;
  // A log without years: what would be tomorrow or later was a year before. East of Greenwich the next year has begun already.
  const year = new Date(at).getUTCFullYear();
  const times = [year + 1, year, year - 1].map((one) => Date.parse(`${match[1]} ${one} ${zone}`));
  const past = times.find((time) => time <= at + 86_400_000);
  return past === undefined ? null : new Date(past).toISOString();
}

export function isoTime(text: string): string | null {
  const time = Date.parse(text.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** Logins without a network have no address; the contract has a text there. */
export function addressOf(text: string): string {
  return /^[\w.:%-]+$/.test(text) && !/^:\d/.test(text) ? text : 'local';
}

/** How names are completed. Source: resolv.conf(5). */
export type ResolvConf = {
  readonly search: readonly string[];
  readonly ndots: number;
  /** The file as it was read; if it changes, the name servers may have changed, too. */
  readonly text: string;
};

const maxNdots = 15;
const maxSearch = 16;

/** Reads the settings that complete names; of several `search` and `domain` lines the last one wins. */
export function parseResolvConf(text: string): ResolvConf {
  let search: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [word, ...rest] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (word === 'search') search = rest;
    else if (word === 'domain') search = rest.slice(0, 1);
    else if (word === 'options')
      for (const option of rest) {
        const value = /^ndots:(\d+)$/.exec(option)?.[1];
        if (value !== undefined) ndots = Math.min(maxNdots, Number(value));
      }
  }
  const domains = search.map((domain) => domain.replace(/\.+$/, '')).filter((domain) => domain !== '');
  return { search: domains.slice(0, maxSearch), ndots, text };
}

/**
 * The full names to ask for, in order: a name with `ndots` dots is tried unchanged first, any other completed first.
 */
export function candidates(name: string, { search, ndots }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...completed] : [...completed, name];
}

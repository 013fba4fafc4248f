/** A line of ssh_config: its keyword in lower case and the rest. Null for empty lines and comments. */
export function splitLine(line: string): { readonly keyword: string; readonly rest: string } | null {
  const [, keyword, rest = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(line.trimEnd()) ?? [];
  if (keyword === undefined || keyword.startsWith('#')) return null;
  return { keyword: keyword.toLowerCase(), rest };
}

/** A column that contains a JSON object; null if it cannot be read as one. Never throws. */
export function storedObject(text: string): Readonly<Record<string, unknown>> | null {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** A column that contains a JSON list; null if it cannot be read as one. Never throws. */
export function storedList(text: string): readonly unknown[] | null {
  const value = parsed(text);
  return Array.isArray(value) ? value : null;
}

/** A column that contains any JSON; undefined if it cannot be read. Never throws. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A column that contains ms since the epoch, as ISO 8601 UTC; the epoch if it is not a time. Never throws. */
export function storedTime(at: number): string {
  const date = new Date(at);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}

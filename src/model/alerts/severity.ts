/** How bad something is, from the least to the worst. Told is what is a `warning` or worse. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

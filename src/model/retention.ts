/** Least and most days for which each tier of history is kept, and the least of `maxBytes`. */
export const retentionLimits = {
  rawDays: { min: 1, max: 30 },
  fiveMinuteDays: { min: 7, max: 400 },
  hourlyDays: { min: 30, max: 3_650 },
  maxBytes: { min: 1 << 30 },
} as const;

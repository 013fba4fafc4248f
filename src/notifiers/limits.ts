/** What one request to a service may take. */
export type Limits = {
  /** Until the connection stands, ms. */
  readonly connectMs: number;
  /** In all, ms. */
  readonly allMs: number;
  /** As much of the answer is read, bytes. */
  readonly answerBytes: number;
};

export const defaultLimits: Limits = { connectMs: 10_000, allMs: 20_000, answerBytes: 65_536 };

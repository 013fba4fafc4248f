/** Time, so that tests can move it. `now` is wall time for people; `monotonic` is for every difference and wait. */
export type Clock = {
  /** ms since the epoch. */
  readonly now: () => number;
  /** ms since some fixed point; never jumps. */
  readonly monotonic: () => number;
};

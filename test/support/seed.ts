import fc from 'fast-check';

/**
 * What fast-check makes up is the same in every run, so that a change never fails for what somebody else's code does with an
 * input that came up only now. To look for more, run a file with another FAST_CHECK_SEED.
 */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_130) });

import { createFigures } from '../../model/figures/figures.ts';

/** Base units as people read them in a terminal: the same as on the page. */
export const { bytes, ofBytes, bytesPerSecond: rate, ratio: percent, duration } = createFigures(' ');

import { type Labels, labelsKeyOf } from '../../model/alerts/alert.ts';
import { Trend } from './trend.ts';
import { Window } from './window.ts';

/** Series of one rule or metric on one host that are remembered; the rest is left out. */
export const maxSeries = 200;

type Trends = {
  readonly byKey: Map<string, Trend>;
  /** As the last facts listed them: the next ones most likely do the same. */
  order: { readonly labels: Labels; readonly trend: Trend }[];
};

/** What is remembered of a host's values from one sample to the next, in bounds. */
export class Memory {
  readonly #windows = new Map<string, Map<string, Window>>();
  readonly #trends = new Map<string, Trends>();

  /** The window of a rule and a series. */
  window(ruleKey: string, labelsKey: string, windowSeconds: number): Window {
    const windows = this.#windows.get(ruleKey) ?? new Map<string, Window>();
    this.#windows.set(ruleKey, windows);
    let window = windows.get(labelsKey);
    if (window === undefined) {
      if (windows.size >= maxSeries) windows.clear();
      window = new Window(windowSeconds);
      windows.set(labelsKey, window);
    }
    return window;
  }

  /** The trend of a series of a metric, for all rules. `place`: where it stands among the metric's values, if it is known. */
  trend(metric: string, labels: Labels, place = maxSeries): Trend {
    const trends = this.#trends.get(metric) ?? { byKey: new Map<string, Trend>(), order: [] };
    this.#trends.set(metric, trends);
    const usual = trends.order[place];
    if (usual !== undefined && isSame(usual.labels, labels)) return usual.trend;
    const key = labelsKeyOf(labels);
    let trend = trends.byKey.get(key);
    if (trend === undefined) {
      if (trends.byKey.size >= maxSeries) {
        trends.byKey.clear();
        trends.order = [];
      }
      trend = new Trend();
      trends.byKey.set(key, trend);
    }
    if (place < maxSeries) trends.order[place] = { labels, trend };
    return trend;
  }

  /** What was remembered for a rule means nothing any more. */
  forgetRule(ruleKey: string): void {
    this.#windows.delete(ruleKey);
  }
}

function isSame(one: Labels, other: Labels): boolean {
  for (const name in one) if (one[name] !== other[name]) return false;
  for (const name in other) if (!(name in one)) return false;
  return true;
}

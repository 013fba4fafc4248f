import type { LeftOut } from '../../model/facts.ts';

export type Login = {
  readonly user: string;
  readonly ip: string;
  readonly time: string;
  readonly terminal: string | null;
};

export type LoginFacts = {
  readonly recentLogins: readonly Login[];
  readonly failedLogins: readonly Login[];
  /** Sonde's own login as the host sees it: its user and the address it comes from; null: not over SSH, or not told. */
  readonly own: { readonly user: string; readonly ip: string } | null;
} & LeftOut<'recentLogins' | 'failedLogins'>;

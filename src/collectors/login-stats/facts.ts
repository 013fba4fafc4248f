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
} & LeftOut<'recentLogins' | 'failedLogins'>;

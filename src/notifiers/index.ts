import { alertmanager } from './kinds/alertmanager.ts';
import { apprise } from './kinds/apprise.ts';
import { discord } from './kinds/discord.ts';
import { email } from './kinds/email.ts';
import { gotify } from './kinds/gotify.ts';
import { matrix } from './kinds/matrix.ts';
import { mattermost } from './kinds/mattermost.ts';
import { ntfy } from './kinds/ntfy.ts';
import { opsgenie } from './kinds/opsgenie.ts';
import { pagerduty } from './kinds/pagerduty.ts';
import { pushover } from './kinds/pushover.ts';
import { slack } from './kinds/slack.ts';
import { teams } from './kinds/teams.ts';
import { telegram } from './kinds/telegram.ts';
import { webhook } from './kinds/webhook.ts';
import type { Notifier } from './notifier.ts';

/** Every kind of channel, in the order in which people see them. */
export const notifiers: readonly Notifier[] = [
  email,
  slack,
  discord,
  telegram,
  teams,
  ntfy,
  mattermost,
  matrix,
  gotify,
  pushover,
  pagerduty,
  opsgenie,
  alertmanager,
  apprise,
  webhook,
];

/** The notifier of a kind; null for a kind that this version does not know. */
export function notifierOf(kind: string): Notifier | null {
  return notifiers.find((one) => one.kind === kind) ?? null;
}

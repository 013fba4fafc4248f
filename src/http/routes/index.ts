import { eventRoutes } from './alerts/events.ts';
import { incidentRoutes } from './alerts/incidents.ts';
import { previewRoutes } from './alerts/preview.ts';
import { quietRoutes } from './alerts/quiet.ts';
import { ruleRoutes } from './alerts/rules.ts';
import { termixAlertRoutes } from './alerts/termix-alerts.ts';
import { termixRuleRoutes } from './alerts/termix-rules.ts';
import { auditRoutes } from './audit.ts';
import { channelRoutes } from './channels.ts';
import { termixChannelRoutes } from './channels-termix.ts';
import { deliveryRoutes } from './deliveries.ts';
import { destinationRoutes } from './destinations.ts';
import { fleetRoutes } from './fleet.ts';
import { heartbeatRoutes } from './heartbeat.ts';
import { availabilityRoutes } from './history/availability.ts';
import { comparisonRoutes } from './history/compare.ts';
import { hostHistoryRoutes } from './history/host.ts';
import { historySettingsRoutes } from './history/settings.ts';
import { historyStorageRoutes } from './history/storage.ts';
import { termixHistoryRoutes } from './history/termix.ts';
import { bulkRoutes } from './hosts/bulk.ts';
import { credentialRoutes } from './hosts/credentials.ts';
import { hostKeyRoutes } from './hosts/host-keys.ts';
import { hostRoutes } from './hosts/hosts.ts';
import { importRoutes } from './hosts/imports.ts';
import { knownHostsRoutes } from './hosts/known-hosts.ts';
import { shareRoutes } from './hosts/shares.ts';
import { sudoersRoutes } from './hosts/sudoers.ts';
import { metaRoutes } from './meta.ts';
import { pageRoutes } from './page.ts';
import { prometheusRoutes } from './prometheus/prometheus.ts';
import { sectionRoutes } from './sections.ts';
import { settingsRoutes } from './settings.ts';
import { adminUserRoutes } from './users/admin.ts';
import { keyRoutes } from './users/api-keys.ts';
import { createUserRoutes } from './users/create.ts';
import { identityRoutes } from './users/identities.ts';
import { loginRoutes } from './users/login.ts';
import { oidcRoutes } from './users/oidc.ts';
import { ownAccountRoutes } from './users/own.ts';
import { preferenceRoutes } from './users/preferences.ts';
import { sessionRoutes } from './users/sessions.ts';
import { signInRoutes } from './users/sign-in.ts';
import { userRoutes } from './users/users.ts';
import { connectionTestRoutes } from './watching/connection-tests.ts';
import { connectionRoutes } from './watching/connections.ts';
import { footprintRoutes } from './watching/footprint.ts';
import { holdRoutes } from './watching/holds.ts';
import { liveRoutes } from './watching/live.ts';
import { metricsRoutes } from './watching/metrics.ts';
import { processRoutes } from './watching/processes.ts';
import { startingRoutes } from './watching/starting.ts';
import { statusRoutes } from './watching/status.ts';
import { viewerRoutes } from './watching/viewers.ts';

/** Every group of routes. */
export const routes = [
  metaRoutes,
  userRoutes,
  createUserRoutes,
  loginRoutes,
  oidcRoutes,
  signInRoutes,
  identityRoutes,
  ownAccountRoutes,
  preferenceRoutes,
  adminUserRoutes,
  keyRoutes,
  sessionRoutes,
  hostRoutes,
  bulkRoutes,
  sudoersRoutes,
  fleetRoutes,
  importRoutes,
  credentialRoutes,
  connectionTestRoutes,
  hostKeyRoutes,
  knownHostsRoutes,
  statusRoutes,
  metricsRoutes,
  processRoutes,
  sectionRoutes,
  footprintRoutes,
  holdRoutes,
  liveRoutes,
  startingRoutes,
  viewerRoutes,
  connectionRoutes,
  settingsRoutes,
  historySettingsRoutes,
  hostHistoryRoutes,
  comparisonRoutes,
  availabilityRoutes,
  historyStorageRoutes,
  termixHistoryRoutes,
  shareRoutes,
  incidentRoutes,
  eventRoutes,
  ruleRoutes,
  termixRuleRoutes,
  termixAlertRoutes,
  previewRoutes,
  quietRoutes,
  channelRoutes,
  termixChannelRoutes,
  deliveryRoutes,
  heartbeatRoutes,
  prometheusRoutes,
  destinationRoutes,
  auditRoutes,
  pageRoutes,
] as const;

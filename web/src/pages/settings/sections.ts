import type { settingsTexts } from '../../texts/settings.ts';

export type SettingsSection = keyof typeof settingsTexts.sections;

const everybody = [
  'profile',
  'sessions',
  'api-keys',
  'credentials',
  'host-keys',
  'prometheus',
] as const satisfies SettingsSection[];
const admins = [
  'collection',
  'history',
  'remote-write',
  'heartbeat',
  'users',
  'sign-in',
  'audit',
] as const satisfies SettingsSection[];

/** The parts of the settings that somebody has. */
export function settingsSections(isAdmin: boolean): readonly SettingsSection[] {
  return isAdmin ? [...everybody, ...admins] : everybody;
}

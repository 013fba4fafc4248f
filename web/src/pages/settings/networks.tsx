import { settingsTexts } from '../../texts/settings.ts';
import { ListSetting } from './list-setting.tsx';

/** Where the hosts of users who are no admins may not be. */
export function NetworksSettings() {
  return <ListSetting name="deniedNetworks" words={settingsTexts.networks} rows={8} />;
}

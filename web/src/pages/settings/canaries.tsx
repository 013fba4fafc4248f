import { settingsTexts } from '../../texts/settings.ts';
import { ListSetting } from './list-setting.tsx';

/** What Sonde asks when many hosts fail at once, to find out whether its own network is down. */
export function CanariesSettings() {
  return <ListSetting name="canaries" words={settingsTexts.canaries} rows={3} />;
}

import { useEffect, useState } from 'react';
import { useLive } from '../../live/use-live.ts';
import { connectionTexts } from '../../texts/shell.ts';
import { Icon } from '../icon.tsx';

const patienceMs = 1_500;

/** Says that the page is not live any more, when that lasts. */
export function ConnectionBar() {
  const connection = useLive((state) => state.connection);
  const [isLost, setIsLost] = useState(false);
  useEffect(() => {
    if (connection !== 'lost') return setIsLost(false);
    const timer = setTimeout(() => setIsLost(true), patienceMs);
    return () => clearTimeout(timer);
  }, [connection]);
  if (!isLost) return null;
  return (
    <div role="alert" className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-sm text-warn">
      <Icon name="warn" className="size-4" />
      {connectionTexts.lost}
    </div>
  );
}

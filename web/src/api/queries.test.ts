import { onlineManager } from '@tanstack/react-query';
import { expect, onTestFinished, test } from 'vitest';
import { queryClient } from './queries.ts';

test('what cannot be read says why, also where the browser says that the device is offline', async () => {
  onlineManager.setOnline(false);
  onTestFinished(() => onlineManager.setOnline(true));
  const queryFn = async (): Promise<never> => {
    throw new Error('Sonde is not responding');
  };
  const read = queryClient.fetchQuery({ queryKey: ['test'], queryFn, retry: false });
  await expect(read).rejects.toThrow('Sonde is not responding');
});

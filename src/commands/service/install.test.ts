import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { installService } from './install.ts';
import { places } from './units.ts';

test.skipIf(existsSync(places.openrc))(
  'removing a service that is not there does nothing, and is no error',
  async () => {
    const said: string[] = [];
    const options = {
      node: process.execPath,
      program: '/nowhere',
      say: (line: string) => void said.push(line),
      ask: null,
    };
    await installService(['--init', 'openrc', '--remove', '--yes'], options);
    expect(said).toEqual(['There is no service sonde (openrc), so there is nothing to remove.']);
  },
);

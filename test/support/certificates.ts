/** Certificate authorities as ssh-keygen makes them. */
import { readFileSync } from 'node:fs';
import { type KeyPair, keyPair, sh } from './rig.ts';

export type Authority = {
  /** For `TrustedUserCAKeys`. */
  readonly publicKeyFile: string;
  /** Signs a key and returns its certificate. `options` are ssh-keygen's: `-n PRINCIPALS`, `-V VALIDITY`, `-h` … */
  readonly sign: (key: KeyPair, options: string) => string;
};

export function authority(): Authority {
  const own = keyPair();
  return {
    publicKeyFile: `${own.file}.pub`,
    sign: (key, options) => {
      sh(`ssh-keygen -q -s '${own.file}' -I 'id of ann' -z 42 ${options} '${key.file}.pub'`);
      return readFileSync(`${key.file}-cert.pub`, 'utf8');
    },
  };
}

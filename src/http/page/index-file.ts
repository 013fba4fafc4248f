import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `npm run build` puts the page. */
export const builtFolder = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** The HTML that every address of the page answers; null while the page is not built. */
export function readIndexFile(): string | null {
  try {
    return readFileSync(`${builtFolder}index.html`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

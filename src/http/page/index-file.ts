import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `npm run build` puts the page. */
export const builtFolder = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** The HTML that every address of the page answers, for a base path; null while the page is not built. */
export function readIndexFile(basePath: string): string | null {
  try {
    return placed(readFileSync(`${builtFolder}index.html`, 'utf8'), basePath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The page for a base path. As built, it names its files beside itself, which would be elsewhere for most of its addresses; its
 * scripts find each other wherever they are. What else they ask for is below what the one `meta` says.
 */
export function placed(html: string, basePath: string): string {
  return html
    .replaceAll('="./', `="${basePath}/`)
    .replace('<meta name="base-path" content=""', `<meta name="base-path" content="${basePath}"`);
}

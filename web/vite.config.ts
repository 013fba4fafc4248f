import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { isPageAddress } from '../src/model/page-addresses.ts';

/** Where the API is. Set SONDE_URL to work on the page with another one. */
const api = process.env.SONDE_URL ?? 'http://127.0.0.1:8080';
const publicFiles = readdirSync(join(import.meta.dirname, 'public'));

export default defineConfig(({ command }) => ({
  root: import.meta.dirname,
  // One build for every base path: Sonde writes it into the page that it serves.
  base: command === 'build' ? './' : '/',
  plugins: [react(), tailwind(), compress()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', cssCodeSplit: false, reportCompressedSize: false },
  server: { proxy: { '/': { target: api, bypass } } },
}));

/** What Vite serves itself: the page, its sources and modules, and the files of `public`. All else goes to the API. */
function bypass({ method, url = '/' }: IncomingMessage): string | undefined {
  const { pathname } = new URL(url, 'http://page');
  const isOfPage =
    method === 'GET' &&
    (isPageAddress(pathname) ||
      /^\/(@|src\/|node_modules\/|index\.html$)/.test(pathname) ||
      publicFiles.includes(pathname.slice(1)));
  return isOfPage ? url : undefined;
}

/** Writes every text of the build compressed beside it, so that the server has nothing to do. */
function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle({ dir = '' }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const text = readFileSync(join(dir, name));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text));
      }
    },
  };
}

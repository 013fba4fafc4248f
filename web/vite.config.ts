import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const api = process.env.SONDE_URL ?? 'http://127.0.0.1:8080';
const paths = ['docs', 'favicon', 'global-settings', 'health', 'host', 'host-keys', 'connection-tests', 'credentials'];
const more = ['live', 'metrics', 'openapi.json', 'refresh', 'status', 'users', 'version'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), compress()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', reportCompressedSize: false },
  server: { proxy: Object.fromEntries([...paths, ...more].map((path) => [`^/${path}(/|$|\\?)`, api])) },
});

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

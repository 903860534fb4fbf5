// Builds everything a visitor's browser loads from us: the demo page here, and beside it the embed (loader and chat chunk),
// which has to be separate builds because a classic script can't share chunks with modules.
import { defineConfig } from 'vite';
import { embed } from './build/embed.js';

const outDir = new URL('../dist/web-widget/', import.meta.url).pathname;

export default defineConfig({
  root: new URL('./demo/', import.meta.url).pathname,
  base: '/demo/',
  publicDir: false,
  build: { outDir, emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
  plugins: [embed(outDir)],
});

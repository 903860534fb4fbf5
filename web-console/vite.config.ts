// Builds the console, a single page that the service gives out under /console.
import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('./', import.meta.url).pathname,
  base: '/console/',
  publicDir: false,
  build: {
    outDir: new URL('../dist/web-console/', import.meta.url).pathname,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});

// Builds the console, a single page that the service gives out under /console.
import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('./', import.meta.url).pathname,
  base: '/console/',
  publicDir: false,
  resolve: {
    // Its package gives the build for development to everybody.
    alias: {
      'react-router': new URL('../node_modules/react-router/dist/production/index.mjs', import.meta.url).pathname,
    },
  },
  build: {
    outDir: new URL('../dist/web-console/', import.meta.url).pathname,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      onLog(level, log, handle) {
        // 'use client' is for servers that render; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});

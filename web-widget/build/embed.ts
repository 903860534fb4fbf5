// The embed's two builds. The chat chunk comes first, so that the loader can carry the chunk's hashed name: caches may then
// keep the chunk for ever, and only the small loader is asked for again.
import { build, type InlineConfig, type Plugin } from 'vite';

interface Part {
  /** File under src/ that the build starts from. */
  entry: string;
  format: 'es' | 'iife';
  /** Name of the output file, in rolldown's placeholders. */
  fileName: string;
  define?: Record<string, string>;
}

const part = (outDir: string, { entry, format, fileName, define }: Part): InlineConfig => ({
  configFile: false,
  root: new URL('../src/', import.meta.url).pathname,
  publicDir: false,
  logLevel: 'warn',
  define,
  build: {
    outDir,
    emptyOutDir: false,
    modulePreload: false,
    rolldownOptions: {
      input: new URL(`../src/${entry}`, import.meta.url).pathname,
      preserveEntrySignatures: 'strict',
      output: { format, entryFileNames: fileName, comments: false },
    },
  },
});

/** Builds one part; returns the name of the file it made. */
async function buildPart(outDir: string, settings: Part): Promise<string> {
  const result = await build(part(outDir, settings));
  const output = Array.isArray(result) ? result[0] : result;
  const entry = output && 'output' in output ? output.output[0] : undefined;
  if (!entry) throw new Error(`Vite made nothing out of ${settings.entry}.`);
  return entry.fileName;
}

/** A plugin that adds `widget.js` (classic script) and `widget/chat-<hash>.js` (module) to a build's folder. */
export function embed(outDir: string): Plugin {
  return {
    name: 'retune-embed',
    apply: 'build',
    async closeBundle() {
      const chat = await buildPart(outDir, { entry: 'chat.tsx', format: 'es', fileName: 'widget/chat-[hash].js' });
      const define = { __CHAT_CHUNK__: JSON.stringify(chat) };
      await buildPart(outDir, { entry: 'loader.ts', format: 'iife', fileName: 'widget.js', define });
    },
  };
}

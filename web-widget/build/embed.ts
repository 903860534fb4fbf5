// The embed's builds. The chat chunk comes first, so that the loaders can carry the chunk's hashed name: caches may then
// keep the chunk for ever, and only the small loader is asked for again.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';
import { build, type InlineConfig, type Plugin } from 'vite';

interface Part {
  /** File under src/ that the build starts from. */
  entry: string;
  format: 'es' | 'iife';
  /** Name of the output file, in rolldown's placeholders. */
  fileName: string;
  define?: Record<string, string>;
}

const source = (file: string): string => new URL(`../src/${file}`, import.meta.url).pathname;

/** Parts of socket.io's client that the chat never needs, by the ending of their path: WebTransport, and packets with bytes. */
const UNNEEDED: Record<string, string> = {
  'engine.io-client/build/esm/transports/webtransport.js': 'export class WT {}',
  'engine.io-parser/build/esm/contrib/base64-arraybuffer.js': 'export const decode = () => undefined',
  'socket.io-parser/build/esm/is-binary.js': 'export const isBinary = () => false, hasBinary = isBinary',
  'socket.io-parser/build/esm/binary.js':
    'export const deconstructPacket = (packet) => ({ packet, buffers: [] }), reconstructPacket = (packet) => packet',
};

const withoutUnneeded: Plugin = {
  name: 'retune-without-unneeded',
  enforce: 'pre',
  load: (id) => Object.entries(UNNEEDED).find(([ending]) => id.endsWith(ending))?.[1],
};

const part = (outDir: string, { entry, format, fileName, define }: Part): InlineConfig => ({
  configFile: false,
  root: source(''),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  define,
  plugins: [withoutUnneeded],
  build: {
    outDir,
    emptyOutDir: false,
    modulePreload: false,
    rolldownOptions: {
      input: source(entry),
      preserveEntrySignatures: 'strict',
      output: { format, entryFileNames: fileName, comments: false },
      // The Markdown parser checks itself by console.assert.
      treeshake: { manualPureFunctions: ['console.assert'] },
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

/** Builds each language but English; returns file names beside the chat chunk, by language. */
async function buildWords(outDir: string): Promise<Record<string, string>> {
  const languages = readdirSync(source('words'))
    .map((file) => basename(file, '.ts'))
    .filter((name) => name.length === 2 && name !== 'en');
  const built: Record<string, string> = {};
  for (const language of languages) {
    const fileName = `widget/words-${language}-[hash].js`;
    built[language] = basename(await buildPart(outDir, { entry: `words/${language}.ts`, format: 'es', fileName }));
  }
  return built;
}

/** Writes the public types beside the module they are of. @throws Error when they can't stand alone */
function writeTypes(outDir: string): void {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(source('public.ts'), 'utf8'), {
    fileName: 'public.ts',
    reportDiagnostics: true,
  });
  if (diagnostics?.length) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  writeFileSync(`${outDir}/widget.d.mts`, outputText);
}

/**
 * A plugin that adds to a build's folder `widget.js` (classic script), `widget.mjs` (module) with its types, and under `widget/`
 * the chat chunk, one chunk for each language but English, and one that reads the operator's settings.
 */
export function embed(outDir: string): Plugin {
  return {
    name: 'retune-embed',
    apply: 'build',
    async closeBundle() {
      const words = await buildWords(outDir);
      const chat = await buildPart(outDir, {
        entry: 'chat.tsx',
        format: 'es',
        fileName: 'widget/chat-[hash].js',
        define: { __WORDS_CHUNKS__: JSON.stringify(words) },
      });
      const looks = await buildPart(outDir, { entry: 'looks.ts', format: 'es', fileName: 'widget/looks-[hash].js' });
      const define = { __CHAT_CHUNK__: JSON.stringify(chat), __LOOKS_CHUNK__: JSON.stringify(looks) };
      await buildPart(outDir, { entry: 'loader.ts', format: 'iife', fileName: 'widget.js', define });
      await buildPart(outDir, { entry: 'module.ts', format: 'es', fileName: 'widget.mjs', define });
      writeTypes(outDir);
    },
  };
}

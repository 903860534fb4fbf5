// The result on disk, in the formats asked for.
import { basename } from 'node:path';
import { writeGgufAdapter } from '../lora/formats/gguf-adapter.js';
import { mergeIntoGguf } from '../lora/formats/merge.js';
import { writePeftAdapter } from '../lora/formats/peft-adapter.js';
import type { LoraAdapter } from '../lora/model/lora.js';
import type { Inputs } from './inputs.js';
import type { Options } from './options.js';
import { pathsIn } from './run-folder.js';

/** Writes all of them and returns the paths. PEFT's two files lie in the output folder itself, which is then a PEFT adapter. */
export function writeAdapter(options: Options, { basePath, config }: Inputs, adapter: LoraAdapter): string[] {
  const { format, out } = options;
  const written: string[] = [];
  if (format !== 'peft') {
    const { gguf } = pathsIn(out);
    writeGgufAdapter(gguf, adapter, config);
    written.push(gguf);
  }
  if (format !== 'gguf') {
    writePeftAdapter(out, adapter, config, { baseModel: options['peft-base'] ?? basename(basePath) });
    written.push(out);
  }
  const merged = options['export-merged'];
  if (merged) {
    mergeIntoGguf({ basePath, adapter, outPath: merged, type: options['merged-type'] });
    written.push(merged);
  }
  return written;
}

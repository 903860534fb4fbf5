// The tiny random model of the golden values, for specs.
import type { LlamaModel } from '../model/llama.js';
import { loadLlamaFile } from '../model/load.js';
import { adapterLayout, type LoraAdapter } from '../model/lora.js';
import { openBackend } from '../tensor/backend.js';
import { floats, readGolden, TINY_GGUF, type TinyGolden } from './golden.js';

export async function loadTiny(): Promise<LlamaModel> {
  await openBackend();
  return loadLlamaFile(TINY_GGUF);
}

/** The random adapter of tiny.json. */
export function tinyAdapter(model: LlamaModel): LoraAdapter {
  const golden = readGolden<TinyGolden>('tiny.json');
  const { matrices } = adapterLayout(model.config, golden.rank);
  return { rank: golden.rank, alpha: golden.alpha, matrices, values: floats(golden.values) };
}

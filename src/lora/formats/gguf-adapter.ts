// An adapter as a GGUF LoRA file, as llama.cpp reads it. The base model's GGUF keeps q and k in llama.cpp's row order and
// the adapter was trained on exactly those weights, so nothing is permuted here.
import { z } from 'zod';
import { openGguf, type GgufFile } from '../gguf/read.js';
import { writeGguf, type TensorToWrite } from '../gguf/write.js';
import { LoraError } from '../lora-error.js';
import type { LlamaConfig } from '../model/config.js';
import { adapterLayout, checkAdapter, type LoraAdapter } from '../model/lora.js';

const tensorName = (block: number, target: string, part: 'a' | 'b') => `blk.${block}.${target}.weight.lora_${part}`;

/** Not of llama.cpp's own keys, which reads past it. */
const BASE_SHA256 = 'retune.base.sha256';

/**
 * Writes the file atomically. `baseSha256`, of the base model's file, lets a reader refuse it for any other base.
 * @throws LoraError `adapter.invalid` when a value is not finite, `adapter.mismatch`; the file system's error when it can't be written
 */
export function writeGgufAdapter(path: string, adapter: LoraAdapter, config: LlamaConfig, baseSha256?: string): void {
  checkAdapter(adapter, config);
  const { rank, values } = adapter;
  const tensors = adapter.matrices.flatMap(({ block, target, inputs, outputs, offsetA, offsetB }): TensorToWrite[] => [
    {
      name: tensorName(block, target, 'a'),
      shape: [rank, inputs],
      values: values.subarray(offsetA, offsetA + rank * inputs),
    },
    {
      name: tensorName(block, target, 'b'),
      shape: [outputs, rank],
      values: values.subarray(offsetB, offsetB + outputs * rank),
    },
  ]);
  writeGguf(
    path,
    [
      { key: 'general.architecture', type: 'string', value: config.architecture },
      { key: 'general.type', type: 'string', value: 'adapter' },
      { key: 'general.name', type: 'string', value: 'retune adapter' },
      { key: 'adapter.type', type: 'string', value: 'lora' },
      { key: 'adapter.lora.alpha', type: 'float32', value: adapter.alpha },
      ...(baseSha256 ? [{ key: BASE_SHA256, type: 'string', value: baseSha256 } as const] : []),
    ],
    tensors,
  );
}

const metadataSchema = z.object({
  'general.architecture': z.string(),
  'general.type': z.literal('adapter'),
  'adapter.type': z.literal('lora'),
  'adapter.lora.alpha': z.number().positive(),
});

/**
 * Reads an adapter made for this base model.
 * @throws LoraError `adapter.invalid` (no LoRA, alpha missing), `adapter.mismatch` (other base model, other layers), `gguf.*`
 */
export function readGgufAdapter(path: string, config: LlamaConfig): LoraAdapter {
  const gguf = openGguf(path);
  try {
    const metadata = metadataSchema.safeParse(Object.fromEntries(gguf.metadata));
    if (!metadata.success)
      throw new LoraError('adapter.invalid', `${path} is not a GGUF LoRA adapter with an alpha above 0.`);
    const made = metadata.data['general.architecture'];
    if (made !== config.architecture)
      throw new LoraError(
        'adapter.mismatch',
        `${path} adapts a ${made} model; the base model is ${config.architecture}.`,
      );
    const rank = gguf.tensors.get(tensorName(0, 'attn_q', 'a'))?.shape[0];
    if (!rank)
      throw new LoraError('adapter.mismatch', `${path} does not adapt all linear layers, as adapters here do.`);
    const { matrices, length } = adapterLayout(config, rank);
    const values = new Float32Array(length);
    for (const { block, target, inputs, outputs, offsetA, offsetB } of matrices) {
      values.set(readMatrix(gguf, tensorName(block, target, 'a'), [rank, inputs]), offsetA);
      values.set(readMatrix(gguf, tensorName(block, target, 'b'), [outputs, rank]), offsetB);
    }
    const adapter = { rank, alpha: metadata.data['adapter.lora.alpha'], matrices, values };
    checkAdapter(adapter, config);
    return adapter;
  } finally {
    gguf.close();
  }
}

/**
 * The SHA-256 of the base model that the file says it was trained on; undefined when it doesn't say.
 * @throws LoraError `gguf.*`
 */
export function readBaseSha256(path: string): string | undefined {
  const gguf = openGguf(path);
  try {
    return z.string().safeParse(gguf.metadata.get(BASE_SHA256)).data;
  } finally {
    gguf.close();
  }
}

function readMatrix(gguf: GgufFile, name: string, shape: [number, number]): Float32Array {
  const found = gguf.tensors.get(name)?.shape;
  if (found?.join() === shape.join()) return gguf.read(name);
  const what = found ? `has shape (${found.join(', ')})` : 'is missing';
  throw new LoraError(
    'adapter.mismatch',
    `${gguf.path}: ${name} ${what}, (${shape.join(', ')}) was expected; it was made for another base model.`,
  );
}

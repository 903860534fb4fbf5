// Merges an adapter into its base model: W + (alpha / rank) B A for every adapted layer, as a GGUF that needs no adapter.
// Everything else is copied byte by byte, metadata too.
import { resolve } from 'node:path';
import { BLOCK_FORMATS, DEFAULT_ALIGNMENT_BYTES, type TensorInfo } from '../gguf/format.js';
import { quantise, type WritableFormat } from '../gguf/quantise.js';
import { openGguf, type GgufFile } from '../gguf/read.js';
import { encodeMetadata, writeGgufTensors, type TensorSource } from '../gguf/write.js';
import { LoraError } from '../lora-error.js';
import { readConfig } from '../model/config.js';
import { checkAdapter, type LoraAdapter, type LoraMatrices } from '../model/lora.js';

/** ggml's number of each format, and of the file type "mostly" it (LLAMA_FTYPE). */
const TYPES: Record<WritableFormat, { tensor: number; file: number }> = {
  F32: { tensor: 0, file: 0 },
  F16: { tensor: 1, file: 1 },
  Q8_0: { tensor: 8, file: 7 },
};
const FILE_TYPE = 'general.file_type';

/**
 * Writes the merged model, atomically and a tensor at a time. Layers that the adapter changes are written as `type` (F16 where
 * Q8_0 can't be: rows that are no multiple of 32), the others as they are in the base.
 * @throws LoraError `adapter.invalid`, `adapter.mismatch`, `merge.refused` (the result would replace its base, or leave
 * float16's range), `model.*`, `gguf.*`; the file system's error when it can't be written
 */
export function mergeIntoGguf(options: {
  basePath: string;
  adapter: LoraAdapter;
  outPath: string;
  type: WritableFormat;
}): void {
  const { basePath, adapter, outPath, type } = options;
  if (resolve(basePath) === resolve(outPath))
    throw new LoraError('merge.refused', `The merged model would replace its base ${basePath}; choose another file.`);
  const base = openGguf(basePath);
  try {
    checkAdapter(adapter, readConfig(base));
    const changes = new Map(
      adapter.matrices
        .filter((matrices) => isChange(adapter, matrices))
        .map((matrices) => [`blk.${matrices.block}.${matrices.target}.weight`, matrices]),
    );
    const tensors = [...base.tensors.values()].map((tensor) => {
      const matrices = changes.get(tensor.name);
      return matrices ? mergedTensor(base, tensor, adapter, matrices, type) : copiedTensor(base, tensor);
    });
    const metadata = base.encodedMetadata.filter(({ key }) => key !== FILE_TYPE).map(({ bytes }) => bytes);
    const fileType = encodeMetadata({ key: FILE_TYPE, type: 'uint32', value: TYPES[type].file });
    const alignment = Number(base.metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT_BYTES);
    writeGgufTensors(outPath, [...metadata, fileType], tensors, alignment);
  } finally {
    base.close();
  }
}

function isChange({ values, rank }: LoraAdapter, { outputs, offsetB }: LoraMatrices): boolean {
  return values.subarray(offsetB, offsetB + outputs * rank).some((value) => value !== 0);
}

function copiedTensor(base: GgufFile, { name, shape, type, bytes }: TensorInfo): TensorSource {
  return { name, shape, type, bytes, chunks: () => base.readBytes(name) };
}

function mergedTensor(
  base: GgufFile,
  { name, shape }: TensorInfo,
  adapter: LoraAdapter,
  matrices: LoraMatrices,
  wanted: WritableFormat,
): TensorSource {
  const format = wanted === 'Q8_0' && matrices.inputs % 32 !== 0 ? 'F16' : wanted;
  if (shape.join() !== [matrices.outputs, matrices.inputs].join())
    throw new LoraError('model.invalid', `${base.path}: tensor ${name} has shape (${shape.join(', ')}).`);
  const type = TYPES[format].tensor;
  const block = BLOCK_FORMATS.get(type) as { weights: number; bytes: number };
  const bytes = ((matrices.outputs * matrices.inputs) / block.weights) * block.bytes;
  function* chunks() {
    const merged = base.read(name);
    addUpdate(merged, adapter, matrices);
    // Q8_0's scale is a float16 too, of a 127th.
    const limit = format === 'F32' ? Infinity : format === 'F16' ? 65_504 : 65_504 * 127;
    if (!merged.every((value) => Math.abs(value) <= limit))
      throw new LoraError('merge.refused', `${name} leaves the range of ${format} when merged; write it as F32.`);
    yield quantise(format, merged);
  }
  return { name, shape, type, bytes, chunks };
}

/** W += (alpha / rank) B A; W is (out, in), row-major. */
function addUpdate(weight: Float32Array, { values, rank, alpha }: LoraAdapter, matrices: LoraMatrices): void {
  const { inputs, outputs, offsetA, offsetB } = matrices;
  for (let row = 0; row < outputs; row++) {
    const to = weight.subarray(row * inputs, (row + 1) * inputs);
    for (let r = 0; r < rank; r++) {
      const factor = (alpha / rank) * (values[offsetB + row * rank + r] as number);
      const a = values.subarray(offsetA + r * inputs, offsetA + (r + 1) * inputs);
      for (let i = 0; i < inputs; i++) to[i] = (to[i] as number) + factor * (a[i] as number);
    }
  }
}

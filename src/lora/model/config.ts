// The sizes of a llama-family model, read and checked from GGUF metadata.
import { z } from 'zod';
import type { GgufFile } from '../gguf/read.js';
import { LoraError } from '../lora-error.js';

/** Sizes of the model (names as in GGUF: `llama.<key>`). */
export interface LlamaConfig {
  architecture: string;
  layers: number;
  /** D: width of the residual stream. */
  width: number;
  /** F: width of the feed-forward layer. */
  feedForward: number;
  heads: number;
  keyValueHeads: number;
  headWidth: number;
  vocabulary: number;
  contextTokens: number;
  normEpsilon: number;
  ropeBase: number;
}

const SUPPORTED = ['llama'];

/**
 * @throws LoraError `model.unsupported_architecture`, or `model.invalid` that names the missing or impossible key
 */
export function readConfig(gguf: GgufFile): LlamaConfig {
  const architecture = gguf.metadata.get('general.architecture');
  if (typeof architecture !== 'string' || !SUPPORTED.includes(architecture)) {
    throw new LoraError(
      'model.unsupported_architecture',
      `${gguf.path} has architecture "${String(architecture)}"; adapters can be trained for: ${SUPPORTED.join(', ')}.`,
    );
  }
  const parsed = schema.safeParse(
    Object.fromEntries(keys(architecture).map(([name, key]) => [name, gguf.metadata.get(key)])),
  );
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new LoraError('model.invalid', `${gguf.path} lacks sizes of the model (${reasons}).`);
  }
  const { keyValueHeads, headWidth, ...sizes } = parsed.data;
  const vocabulary = gguf.tensors.get('token_embd.weight')?.shape[0];
  if (!vocabulary) throw new LoraError('model.invalid', `${gguf.path} has no token embedding (token_embd.weight).`);
  return {
    ...sizes,
    architecture,
    vocabulary,
    keyValueHeads: keyValueHeads ?? sizes.heads,
    headWidth: headWidth ?? sizes.width / sizes.heads,
  };
}

const size = z.number().int().positive();
const schema = z
  .object({
    layers: size,
    width: size,
    feedForward: size,
    heads: size,
    keyValueHeads: size.optional(),
    headWidth: size.optional(),
    contextTokens: size.default(2048),
    normEpsilon: z.number().positive(),
    ropeBase: z.number().positive().default(10_000),
  })
  .refine((c) => c.heads % (c.keyValueHeads ?? c.heads) === 0, 'heads must be a multiple of key/value heads')
  .refine((c) => c.headWidth !== undefined || c.width % c.heads === 0, 'width must be a multiple of heads');

const keys = (architecture: string) =>
  Object.entries({
    layers: 'block_count',
    width: 'embedding_length',
    feedForward: 'feed_forward_length',
    heads: 'attention.head_count',
    keyValueHeads: 'attention.head_count_kv',
    headWidth: 'attention.key_length',
    contextTokens: 'context_length',
    normEpsilon: 'attention.layer_norm_rms_epsilon',
    ropeBase: 'rope.freq_base',
  }).map(([name, key]) => [name, `${architecture}.${key}`] as const);

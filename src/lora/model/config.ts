// The sizes and the architecture of a llama-family model, read and checked from GGUF metadata. Whatever the forward pass
// here does not compute is refused: an adapter trained without it would be trained on another model than the one served.
import { z } from 'zod';
import { openGguf, type GgufFile } from '../gguf/read.js';
import { LoraError } from '../lora-error.js';

/** What differs between the architectures of the family. Mistral and Llama 3 are `llama` in GGUF. */
const ARCHITECTURES = {
  llama: { ropePairing: 'neighbours', queryKeyNorm: false },
  qwen2: { ropePairing: 'halves', queryKeyNorm: false },
  qwen3: { ropePairing: 'halves', queryKeyNorm: true },
} as const satisfies Record<string, { ropePairing: RopePairing; queryKeyNorm: boolean }>;

export type Architecture = keyof typeof ARCHITECTURES;

/**
 * Which two numbers of a head of width h rotate together: (2i, 2i + 1), for which llama.cpp reorders the rows of Wq and Wk,
 * or (i, i + h / 2), the order of Hugging Face (`LLAMA_ROPE_TYPE_NORM` and `_NEOX`).
 */
export type RopePairing = 'neighbours' | 'halves';

/** Sizes of the model (names as in GGUF: `llama.<key>`). */
export interface LlamaConfig {
  architecture: Architecture;
  layers: number;
  /** D: width of the residual stream. */
  width: number;
  /** F: width of the feed-forward layer. */
  feedForward: number;
  heads: number;
  keyValueHeads: number;
  headWidth: number;
  vocabulary: number;
  /** Longest example. With sliding-window attention no longer than the window: up to there it is full attention. */
  contextTokens: number;
  normEpsilon: number;
  ropeBase: number;
  /** Positions are multiplied by it ("linear" rope scaling); 1 for none. */
  ropeScale: number;
  ropePairing: RopePairing;
  /** RMSNorm of each query and key head before rope (Qwen3). */
  queryKeyNorm: boolean;
}

/**
 * @throws LoraError `model.unsupported_architecture`, or `model.invalid` that names the missing or impossible key
 */
export function readConfig(gguf: GgufFile): LlamaConfig {
  const architecture = gguf.metadata.get('general.architecture');
  if (!isSupported(architecture)) {
    const known = Object.keys(ARCHITECTURES).join(', ');
    throw unsupported(gguf, `has architecture "${String(architecture)}"; adapters can be trained for: ${known}`);
  }
  const parsed = schema.safeParse(
    Object.fromEntries(keys(architecture).map(([name, key]) => [name, gguf.metadata.get(key)])),
  );
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new LoraError('model.invalid', `${gguf.path} lacks sizes of the model (${reasons}).`);
  }
  const {
    keyValueHeads,
    headWidth,
    slidingWindow,
    contextTokens,
    ropeDimensions,
    ropeScaling,
    ropeFactor,
    experts,
    ...sizes
  } = parsed.data;
  const vocabulary = gguf.tensors.get('token_embd.weight')?.shape[0];
  if (!vocabulary) throw new LoraError('model.invalid', `${gguf.path} has no token embedding (token_embd.weight).`);
  const width = headWidth ?? sizes.width / sizes.heads;
  if (experts) throw unsupported(gguf, `is a mixture of ${experts} experts; only dense models can be trained`);
  if (width % 2 !== 0 || (ropeDimensions ?? width) !== width)
    throw unsupported(gguf, `rotates ${ropeDimensions} of the ${width} numbers of a head; all of them must be rotated`);
  if (ropeScaling !== 'none' && ropeScaling !== 'linear')
    throw unsupported(
      gguf,
      `scales its positions by "${ropeScaling}"; "none", "linear" and Llama 3's factors are known`,
    );
  return {
    ...sizes,
    architecture,
    vocabulary,
    keyValueHeads: keyValueHeads ?? sizes.heads,
    headWidth: width,
    contextTokens: slidingWindow ? Math.min(slidingWindow, contextTokens) : contextTokens,
    ropeScale: ropeScaling === 'linear' ? 1 / ropeFactor : 1,
    ...ARCHITECTURES[architecture],
  };
}

/** What a model file says of itself without a weight being read. */
export interface ModelShape {
  config: LlamaConfig;
  /** Whether the output head is the embedding. */
  isTied: boolean;
}

/** The shape of the file at this path. @throws as `openGguf` and `readConfig` */
export function readModelShape(path: string): ModelShape {
  const gguf = openGguf(path);
  try {
    return { config: readConfig(gguf), isTied: !gguf.tensors.has('output.weight') };
  } finally {
    gguf.close();
  }
}

const isSupported = (name: unknown): name is Architecture =>
  typeof name === 'string' && Object.hasOwn(ARCHITECTURES, name);

/** Says that the model computes something that the forward pass here does not. */
export const unsupported = (gguf: GgufFile, what: string): LoraError =>
  new LoraError('model.unsupported_architecture', `${gguf.path} ${what}.`);

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
    slidingWindow: z.number().int().nonnegative().default(0),
    ropeDimensions: size.optional(),
    ropeScaling: z.string().default('none'),
    ropeFactor: z.number().positive().default(1),
    experts: z.number().int().nonnegative().default(0),
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
    slidingWindow: 'attention.sliding_window',
    ropeDimensions: 'rope.dimension_count',
    ropeScaling: 'rope.scaling.type',
    ropeFactor: 'rope.scaling.factor',
    experts: 'expert_count',
  }).map(([name, key]) => [name, `${architecture}.${key}`] as const);

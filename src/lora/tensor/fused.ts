// The operations as C++ kernels (kernels/), which set-up compiles into the addon between tfjs and libtensorflow. They run on the
// CPU; on a GPU, or without them, the reference is used.
import * as tf from '@tensorflow/tfjs-core';
import type { LoraPart, Operations } from './operations.js';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;

/** What is used here of tfjs-node's backend. */
interface NodeBackend {
  isUsingGpuDevice?: boolean;
  binding: { TF_ATTR_INT: number; TF_ATTR_FLOAT: number };
  executeMultipleOutputs(
    name: string,
    attributes: { name: string; type: number; value: number | readonly number[] }[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/** What was found out about a backend, since asking costs an op. */
const known = new WeakMap<object, Operations | 'none'>();

/** The fused operations, where the backend in use has the kernels. RETUNE_KERNELS=reference passes them over. */
export function fused(): Operations | undefined {
  const backend = tf.backend();
  const found = known.get(backend) ?? (hasKernels(backend) ? operations : 'none');
  known.set(backend, found);
  return found === 'none' ? undefined : found;
}

function hasKernels(backend: object): boolean {
  if (tf.getBackend() !== 'tensorflow' || process.env.RETUNE_KERNELS === 'reference') return false;
  if ((backend as NodeBackend).isUsingGpuDevice) return false;
  try {
    return tf.tidy(() => swigluOf(tf.zeros<tf.Rank.R2>([1, 2]))).shape[1] === 1;
  } catch {
    return false;
  }
}

/** Whole numbers are passed as TensorFlow's integers; `epsilon` and `scaling` are its only reals. */
function run(
  name: string,
  inputs: tf.Tensor[],
  outputs: number,
  attributes: Record<string, number | readonly number[]> = {},
) {
  const backend = tf.backend() as unknown as NodeBackend;
  const { TF_ATTR_FLOAT, TF_ATTR_INT } = backend.binding;
  const encoded = Object.entries(attributes).map(([key, value]) => ({
    name: key,
    type: key === 'epsilon' || key === 'scaling' ? TF_ATTR_FLOAT : TF_ATTR_INT,
    value,
  }));
  return backend.executeMultipleOutputs(`Retune${name}`, encoded, inputs, outputs);
}

const swigluOf = (gateUp: T2) => run('Swiglu', [gateUp], 1)[0] as T2;

const partOf = ({ outputs, rank, scaling }: LoraPart) => ({ outputs, rank, scaling });

const operations: Operations = {
  fold: (weight, lora) => run('Fold', [weight, lora.values], 1, partOf(lora))[0] as T2,
  loraGradient: (x, dy, lora) => run('LoraGradient', [x, dy, lora.values], 1, partOf(lora))[0] as T1,
  rmsNorm: (x, weight, epsilon) => run('RmsNorm', [x, weight], 1, { epsilon })[0] as T2,
  rmsNormGradient: (dy, x, weight, epsilon, residual) =>
    run('RmsNormGradient', [dy, x, weight, residual], 1, { epsilon })[0] as T2,
  rope: (x, { cos, sin, pairing }, { heads, headWidth }, direction) =>
    run('Rope', [x, cos, sin], 1, {
      heads,
      head_width: headWidth,
      halves: pairing === 'halves' ? 1 : 0,
      direction,
    })[0] as T2,
  attention(qkv, { encoded }, { heads, keyValueHeads, headWidth }) {
    const attributes = { heads, key_value_heads: keyValueHeads, head_width: headWidth };
    const [y, logSums] = run('Attention', [qkv, encoded], 2, attributes) as [T2, T2];
    return { y, logSums };
  },
  attentionGradient({ qkv, y, logSums }, dy, { encoded }, { heads, keyValueHeads, headWidth }) {
    const attributes = { heads, key_value_heads: keyValueHeads, head_width: headWidth };
    return run('AttentionGradient', [qkv, encoded, y, logSums, dy], 1, attributes)[0] as T2;
  },
  swiglu: swigluOf,
  swigluGradient: (dy, gateUp) => run('SwigluGradient', [dy, gateUp], 1)[0] as T2,
  softmaxStep(logits, sums) {
    const [e, peak, total, factor] = run('OnlineSoftmax', [logits, sums.peak, sums.total], 4) as [T2, T2, T2, T2];
    return { e, sums: { peak, total }, factor };
  },
};

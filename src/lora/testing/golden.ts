// Golden values made by PyTorch, transformers and PEFT (test/peers/make_golden.py), for the learner's specs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SftItem } from '../train/batches.js';

const FOLDER = join(process.cwd(), 'test', 'peers', 'golden');

export const TINY_GGUF = join(FOLDER, 'tiny.gguf');

/** Tiny random models of the other architectures and specialities (test/peers/make_architectures.py). */
export const ARCHITECTURE_GOLDENS = ['qwen2', 'qwen3', 'llama3', 'mistral'] as const;

export const architectureGguf = (name: (typeof ARCHITECTURE_GOLDENS)[number]): string =>
  join(FOLDER, `arch-${name}.gguf`);

/** The folder that PEFT saved that model's random adapter to. */
export const peftFolder = (name: (typeof ARCHITECTURE_GOLDENS)[number]): string => join(FOLDER, `peft-${name}`);

/** A 2-layer random model with a random adapter: log-probabilities without it, loss and gradient with it. */
export interface ArchitectureGolden {
  rank: number;
  alpha: number;
  items: { id: string; prompt: number[]; completion: number[]; weight: number }[];
  baseLogProbs: number[][];
  values: string;
  loss: number;
  gradient: string;
}

/** The same for the llama model that most specs use, and 12 AdamW steps. */
export interface TinyGolden extends ArchitectureGolden {
  curve: {
    steps: number;
    peak: number;
    warmupShare: number;
    clipNorm: number;
    weightDecay: number;
    losses: number[];
    norms: number[];
  };
  valuesAfter: string;
}

/** Log-probabilities of a fixed dialogue under the real base model. */
export interface RealGolden {
  prompt: string;
  completion: string;
  tokens: number[];
  promptTokens: number;
  logProbs: number[];
}

/** What the gguf package packs values into, by format. */
export interface QuantisedGolden {
  values: string;
  packed: Record<'F16' | 'Q8_0', string>;
}

export interface BlockFormatGolden {
  format: string;
  bytes: string;
  values: string;
}

export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T;
}

/** Float32 values from base64. */
export function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export function goldenItems(golden: ArchitectureGolden): SftItem[] {
  return golden.items.map(({ id, prompt, completion, weight }) => ({
    kind: 'sft',
    id,
    promptTokens: prompt,
    completionTokens: completion,
    weight,
  }));
}

/** max |a − b| / max |b|: how far two arrays are apart, relative to their size. */
export function relativeDistance(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  let distance = 0;
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i] as number));
    distance = Math.max(distance, Math.abs((a[i] as number) - (b[i] as number)));
  }
  return distance / largest;
}

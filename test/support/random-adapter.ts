// Adapters that were never trained but change what the base model says: enough to test swaps.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterFile } from '../../src/inference/engine.js';
import { writeGgufAdapter } from '../../src/lora/formats/gguf-adapter.js';
import { readModelShape } from '../../src/lora/model/config.js';
import { createAdapter } from '../../src/lora/model/lora.js';
import { seededRandom } from '../../src/lora/random.js';

/** Large enough that every seed says something else within a few words, on every processor. */
const B_BOUND = 0.35;

/** Writes `<folder>/<sha256>.gguf` for this base model; each seed gives another adapter. */
export function randomAdapter(
  modelPath: string,
  folder: string,
  { seed, rank = 4 }: { seed: number; rank?: number },
): Pick<AdapterFile, 'path' | 'sha256'> {
  const { config } = readModelShape(modelPath);
  const adapter = createAdapter(config, { rank, alpha: 2 * rank, seed });
  const random = seededRandom(seed);
  for (const { offsetB, outputs } of adapter.matrices) {
    for (let i = 0; i < outputs * adapter.rank; i++) adapter.values[offsetB + i] = (2 * random() - 1) * B_BOUND;
  }
  mkdirSync(folder, { recursive: true });
  const written = join(folder, `random-${seed}.gguf`);
  writeGgufAdapter(written, adapter, config);
  const sha256 = createHash('sha256').update(readFileSync(written)).digest('hex');
  const path = join(folder, `${sha256}.gguf`);
  renameSync(written, path);
  return { path, sha256 };
}

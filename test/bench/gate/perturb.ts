// Ways to spoil an adapter without training: what a crash, a bug, or an attacker with access to the file leaves behind.
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import { seededRandom } from '../../../src/lora/random.js';

type Change = (adapter: LoraAdapter) => LoraAdapter;

/** The values of every B (or A) mapped; the update of a layer is its B times its A. */
const mapped =
  (part: 'a' | 'b', map: (value: number, block: number) => number): Change =>
  (adapter) => {
    const values = adapter.values.slice();
    for (const { block, inputs, outputs, offsetA, offsetB } of adapter.matrices) {
      const [from, length] = part === 'a' ? [offsetA, inputs] : [offsetB, outputs];
      for (let i = from; i < from + length * adapter.rank; i++) values[i] = map(values[i] as number, block);
    }
    return { ...adapter, values };
  };

export const signFlipped = mapped('b', (value) => -value);
export const scaledTenfold = mapped('b', (value) => 10 * value);
export const nothingLearnt: Change = (adapter) => adapter;

/** As if the file of one run got the A of another: its B was trained for other directions. */
export const otherA: Change = (adapter) => {
  const random = seededRandom(6);
  return mapped('a', (value) => (random() < 0.5 ? value : -value))(adapter);
};

/** Every value of the size that it has, but drawn by chance. */
export const randomNoise: Change = (adapter) => {
  const random = seededRandom(5);
  const size = (from: number, to: number) =>
    Math.sqrt(adapter.values.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from));
  const values = adapter.values.slice();
  for (const { inputs, outputs, offsetA, offsetB } of adapter.matrices) {
    const parts = [
      [offsetA, offsetA + inputs * adapter.rank],
      [offsetB, offsetB + outputs * adapter.rank],
    ] as const;
    for (const [from, to] of parts) {
      const bound = Math.sqrt(3) * size(from, to);
      for (let i = from; i < to; i++) values[i] = (2 * random() - 1) * bound;
    }
  }
  return { ...adapter, values };
};

/** Each block gets the update that was trained for its mirror image. */
export const swappedLayers: Change = (adapter) => {
  const values = adapter.values.slice();
  const perBlock = adapter.matrices.length / (1 + (adapter.matrices.at(-1)?.block ?? 0));
  const blocks = adapter.matrices.length / perBlock;
  const length = values.length / blocks;
  for (let block = 0; block < blocks; block++) {
    const other = blocks - 1 - block;
    values.set(adapter.values.subarray(other * length, (other + 1) * length), block * length);
  }
  return { ...adapter, values };
};

export function truncated(from: string, to: string): void {
  copyFileSync(from, to);
  truncateSync(to, Math.floor(statSync(to).size * 0.7));
}

/** Overwrites the last value of the file, past the writer's own checks. Bits of a float32. */
export function lastValue(from: string, to: string, bits: number): void {
  const bytes = readFileSync(from);
  bytes.writeUInt32LE(bits, bytes.length - 4);
  writeFileSync(to, bytes);
}
export const NAN_BITS = 0x7fc00000;
export const INFINITY_BITS = 0x7f800000;

// Examples of random tokens, for benchmarks in which only sizes matter.
import { seededRandom } from '../../src/lora/random.js';
import type { SftItem } from '../../src/lora/train/batches.js';

/** `count` examples without a common beginning, each of so many prompt and completion tokens. */
export function randomItems(
  count: number,
  { prompt, completion }: { prompt: number; completion: number },
  vocabulary: number,
): SftItem[] {
  const random = seededRandom(1);
  const tokens = (length: number) => Array.from({ length }, () => Math.floor(random() * vocabulary));
  return Array.from({ length: count }, (_, i) => ({
    kind: 'sft',
    id: String(i),
    promptTokens: tokens(prompt),
    completionTokens: tokens(completion),
    weight: 1,
  }));
}

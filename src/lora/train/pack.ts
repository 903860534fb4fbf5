// Packing: several completions in one row without padding. What they have in common is computed once.
import type { PackedBatch } from '../model/llama.js';
import type { RowRange, Segment } from '../tensor/segments.js';
import type { Completion } from './batches.js';

/** A shorter common prefix costs more in extra products than it saves. */
const MIN_SHARED_PREFIX = 8;

/**
 * Packs completions, in order, into one row. Computed once are, as rows that others see: what all prompts begin with (an
 * assistant's instructions), and the prompt that neighbours share (the chosen and the rejected answer of a pair). Each keeps at
 * least its last prompt token for itself: it predicts the answer's first. Targets are found by position, never by token id:
 * `<|im_end|>` is end of turn *and* padding.
 */
export function pack(completions: readonly Completion[]): PackedBatch {
  const tokens: number[] = [];
  const positions: number[] = [];
  const segments: Segment[] = [];
  const targetRows: number[] = [];
  const segment = (of: readonly number[], from: number, to: number, visible: readonly RowRange[]): RowRange => {
    const rows = { start: tokens.length, length: to - from };
    for (let position = from; position < to; position++) {
      tokens.push(of[position] as number);
      positions.push(position);
    }
    segments.push({ ...rows, visible });
    return rows;
  };
  const instructions = sharedPrefix(completions.map(({ promptTokens }) => promptTokens));
  const toAll = instructions ? [segment(completions[0]?.promptTokens ?? [], 0, instructions, [])] : [];
  for (const group of samePrompt(completions)) {
    const prompt = (group[0] as Completion).promptTokens;
    const shared = group.length > 1 && prompt.length - 1 - instructions >= MIN_SHARED_PREFIX;
    const from = shared ? prompt.length - 1 : instructions;
    const visible = shared ? [...toAll, segment(prompt, instructions, from, toAll)] : toAll;
    for (const { completionTokens } of group) {
      const end = prompt.length + completionTokens.length - 1; // the last token is never an input: nothing follows it
      const { start } = segment([...prompt, ...completionTokens], from, end, visible);
      const first = start + prompt.length - 1 - from;
      completionTokens.forEach((_, i) => targetRows.push(first + i));
    }
  }
  return {
    tokens: Int32Array.from(tokens),
    positions: Int32Array.from(positions),
    segments,
    targetRows: Int32Array.from(targetRows),
    targetTokens: Int32Array.from(completions.flatMap(({ completionTokens }) => [...completionTokens])),
  };
}

/** Length of what all prompts begin with, less than the shortest of them; 0 when it is not worth sharing. */
function sharedPrefix(prompts: readonly (readonly number[])[]): number {
  const [first] = prompts;
  if (!first || prompts.length < 2) return 0;
  let shared = Math.min(...prompts.map((prompt) => prompt.length)) - 1;
  for (const prompt of prompts) {
    for (let i = 0; i < shared; i++) if (prompt[i] !== first[i]) shared = i;
  }
  return shared < MIN_SHARED_PREFIX ? 0 : shared;
}

/** Neighbours with the same prompt, together. */
function samePrompt(completions: readonly Completion[]): Completion[][] {
  const groups: Completion[][] = [];
  for (const completion of completions) {
    const last = groups.at(-1);
    if (last && equal((last[0] as Completion).promptTokens, completion.promptTokens)) last.push(completion);
    else groups.push([completion]);
  }
  return groups;
}

const equal = (a: readonly number[], b: readonly number[]) =>
  a === b || (a.length === b.length && a.every((token, i) => token === b[i]));

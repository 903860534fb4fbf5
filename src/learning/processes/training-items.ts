// The snapshot's lines as what the learner trains on: which loss each is for, and its tokens, by the engine's own tokenizer.
import type { Completion, SftItem, TrainingItem } from '../../lora/train/batches.js';
import type { SnapshotItem } from '../snapshot/snapshot.js';

/** Tokens of a rehearsed answer that are distilled: its first words hold the rest in place, and every token costs time. */
const REHEARSED_TOKENS_MAX = 48;
/** Tokens of a rejected answer that count: where it went wrong. The rest would cost several times what the right answer does. */
const REJECTED_TOKENS_MAX = 16;
/** Scoring the taught answers twice costs about what one of the epochs costs; more of them tell nothing new. */
const TAUGHT_SCORED_MAX = 64;

/** Replayed answers whose recall is looked at: as dear as scoring the taught ones. */
const RECALLED_MAX = 128;

/** The part of the engine's tokenizer that is used here. */
export interface Tokens {
  promptTokens(turns: SnapshotItem['prompt']): number[];
  completionTokens(text: string): number[];
}

/** Only `train` lines become training items; the other ones stay in the file. The kind is the loss: SFT, DPO with SFT, KTO. */
export function trainingItems(items: readonly SnapshotItem[], tokens: Tokens): TrainingItem[] {
  return items.filter(({ split }) => split === 'train').map((item) => trainingItem(item, tokens));
}

/** The answers learnt earlier that this run goes over again. */
export function replayedItems(items: readonly SnapshotItem[], tokens: Tokens): SftItem[] {
  const replayed = items.filter(
    ({ split, group, kind }) => split === 'train' && group === 'earlier' && kind !== 'binary',
  );
  return replayed.slice(0, RECALLED_MAX).map((item) => scoredItem(item, tokens));
}

/** A prompt with the answer whose likelihood is measured. */
export function scoredItem(item: Pick<SnapshotItem, 'id' | 'prompt' | 'completion'>, tokens: Tokens): SftItem {
  const promptTokens = tokens.promptTokens(item.prompt);
  const completionTokens = tokens.completionTokens(item.completion);
  return { kind: 'sft', id: item.id, promptTokens, completionTokens, weight: 1 };
}

/**
 * What shows whether anything was learnt: the answers taught, without rehearsal, whose loss is the uncertainty of the model
 * itself and never falls, and without what was found bad. All items where a run teaches nothing else.
 */
export function taughtCompletions(items: readonly TrainingItem[]): Completion[] {
  const taught = items.filter((item) => (item.kind === 'binary' ? item.desirable : !('distil' in item && item.distil)));
  return (taught.length > 0 ? taught : items).slice(0, TAUGHT_SCORED_MAX).map((item): Completion => {
    const { id, promptTokens } = item;
    return {
      id,
      promptTokens,
      completionTokens: item.kind === 'preference' ? item.chosenTokens : item.completionTokens,
    };
  });
}

function trainingItem(item: SnapshotItem, tokens: Tokens): TrainingItem {
  const { kind, id, weight, distil } = item;
  const promptTokens = tokens.promptTokens(item.prompt);
  const completionTokens = tokens.completionTokens(item.completion);
  switch (kind) {
    case 'preference': {
      const rejectedTokens = tokens.completionTokens(item.rejected ?? '').slice(0, REJECTED_TOKENS_MAX);
      return { kind, id, weight, promptTokens, chosenTokens: completionTokens, rejectedTokens };
    }
    case 'binary':
      return { kind, id, weight, promptTokens, completionTokens, desirable: item.desirable ?? false };
    case 'sft': {
      const learnt = distil ? completionTokens.slice(0, REHEARSED_TOKENS_MAX) : completionTokens;
      // General ability is the base model's: held to the parent's, every run's small drift would add to the one before.
      return { kind, id, weight, promptTokens, completionTokens: learnt, distil: distil && 'base' };
    }
  }
}

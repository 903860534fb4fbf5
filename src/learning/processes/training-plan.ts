// How a run trains: its hyper-parameters by rule or as asked, and for a micro-run when its answer counts as learnt.
import type { LlamaModel } from '../../lora/model/llama.js';
import type { LoraAdapter } from '../../lora/model/lora.js';
import type { Completion } from '../../lora/train/batches.js';
import { scoreCompletions } from '../../lora/train/score.js';
import { TRAIN_DEFAULTS } from '../../lora/train/settings.js';
import { hyperParameters } from '../runs/hyper-parameters.js';
import type { LearnerStart, TrainingPlan } from './learner.messages.js';

/**
 * Least probability of each token of a taught answer. Above ½ a token is the first choice; the rest is room for the engine, which
 * computes with coarser numbers than the learner.
 */
const LEARNT_PROBABILITY = 0.7;

type Wanted = Pick<LearnerStart, 'mode' | 'epochs' | 'learningRate'>;

/** @param examples how many there are, rehearsal included */
export function trainingPlan(wanted: Wanted, examples: number, model: { width: number }): TrainingPlan {
  const { epochs, learningRate, why } = hyperParameters(wanted, examples, model);
  if (wanted.mode === 'full') return { epochs, learningRate, examplesPerStep: TRAIN_DEFAULTS.examplesPerStep, why };
  const sentence = `At most ${epochs} updates, each from all ${examples} examples, at learning rate ${learningRate}: enough for one answer; it ends when the answer is learnt.`;
  return { epochs, learningRate, examplesPerStep: examples, why: [sentence] };
}

/** Whether an adapter of these values answers so with room to spare, by the learner's own forward pass. */
export function learntTest(model: LlamaModel, adapter: LoraAdapter, taught: readonly Completion[]) {
  return async (values: Float32Array): Promise<boolean> => {
    const scores = await scoreCompletions(model, { ...adapter, values }, taught);
    return scores.every(({ tokenLogProbs }) =>
      tokenLogProbs.every((logProb) => Math.exp(logProb) >= LEARNT_PROBABILITY),
    );
  };
}

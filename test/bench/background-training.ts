// A training run that goes on while something else is measured.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Operator } from '../demo/operator.js';
import { loadQuestions } from '../demo/questions.js';
import { answered } from '../support/answered.js';

const POLL_MS = 250;
const BEGIN_MS_MAX = 300_000;
/** A run that is held up ends its step and saves a checkpoint first. */
const HOLD_MS = 10_000;

/** For the service: no run begins by itself, and the one asked for takes longer than anything measured beside it. */
export const TRAINING_SETTINGS = {
  LEARN_AUTO_PROMOTE: 'false',
  LEARN_MIN_EXAMPLES: '1000000',
  LEARN_EPOCHS: '100',
};

/** Gives the learner thirty corrections to learn. */
export async function giveCorrections(databaseUrl: string, operator: Operator): Promise<void> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  for (const { text, wanted, intent } of loadQuestions({ trainEach: 6, heldOutEach: 1 }).train) {
    const { answerId } = await answered(database, text, 'I do not know.');
    await operator.correct(answerId, wanted, intent);
  }
  await database.end();
}

/** Training that can be let go on and held up. */
export interface BackgroundTraining {
  /** Resolves when steps are being made. */
  goOn(): Promise<void>;
  /** Resolves when nothing is computed any more. @throws Error when the run had ended by itself: it wasn't there all the time */
  hold(): Promise<void>;
}

/** A run of the corrections; begun by the first `goOn`. */
export function backgroundTraining(operator: Operator): BackgroundTraining {
  let id: string | undefined;
  let stepsMade = 0;
  const isTraining = async (runId: string) => {
    const { status, progress, error } = await operator.run(runId);
    if (error) throw new Error(`The training run ended: ${error}`);
    return status === 'training' && (progress?.step ?? 0) > stepsMade;
  };
  return {
    goOn: async () => {
      if (id === undefined) ({ id } = await operator.startRun());
      else await operator.resumeRun(id);
      for (const endMs = Date.now() + BEGIN_MS_MAX; Date.now() < endMs; await sleep(POLL_MS)) {
        if (await isTraining(id)) return;
      }
      throw new Error('The training run made no step in five minutes.');
    },
    hold: async () => {
      if (id === undefined) return;
      const { status, progress } = await operator.run(id);
      if (status !== 'training') throw new Error(`The training run was ${status} before the measurement's end.`);
      stepsMade = progress?.step ?? 0;
      await operator.pauseRun(id);
      await sleep(HOLD_MS);
    },
  };
}

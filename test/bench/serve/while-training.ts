// How fast chats are while a training run goes on, against how fast they are without: the same questions, idle and training by turns.
import type { BackgroundTraining } from '../background-training.js';
import { trainingEffect, type TrainingEffect } from './figures.js';
import type { Contestant, Wave, WaveResult } from './wave.js';

/** Questions of each chat in a wave, by the number of chats. */
export type TrainingPlan = readonly { chats: number; questionsEach: number }[];

/** Each question is asked again only after so many others that no sequence still holds its prompt. */
const WAVES_IN_A_ROW = 2;

interface Phases {
  idle: WaveResult[];
  during: WaveResult[];
}

/**
 * A cycle asks its questions twice, idle and while training; which of them is first changes from cycle to cycle.
 * @param cycles an even number, so that both are first equally often
 */
export async function measureWhileTraining(
  ours: Contestant,
  deal: (chats: number, questionsEach: number) => Wave,
  training: BackgroundTraining,
  { plan, cycles }: { plan: TrainingPlan; cycles: number },
): Promise<TrainingEffect[]> {
  const phases = new Map<number, Phases>(plan.map(({ chats }) => [chats, { idle: [], during: [] }]));
  let before: keyof Phases = 'idle';
  const change = async (to: keyof Phases) => {
    if (to !== before) await (to === 'during' ? training.goOn() : training.hold());
    before = to;
  };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const inARow = Array.from({ length: WAVES_IN_A_ROW }, () => plan).flat();
    const waves = inARow.map(({ chats, questionsEach }) => ({ chats, wave: deal(chats, questionsEach) }));
    for (const kind of [before, before === 'idle' ? 'during' : 'idle'] as const) {
      await change(kind);
      for (const { chats, wave } of waves) phases.get(chats)?.[kind].push(await ours.serve(wave));
    }
  }
  return [...phases].map(([chats, { idle, during }]) => trainingEffect(chats, idle, during));
}

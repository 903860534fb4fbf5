// How fast chats are while a training run goes on, against how fast they are without: idle and training by turns.
import type { BackgroundTraining } from '../background-training.js';
import { trainingEffect, type TrainingEffect } from './figures.js';
import type { Contestant, Wave, WaveResult } from './wave.js';

/** Questions of each chat in a phase, by the number of chats. */
export type TrainingPlan = readonly { chats: number; questionsEach: number }[];

interface Phases {
  idle: WaveResult[];
  during: WaveResult[];
}

/** @param cycles idle, training, idle, training …, and idle at the end */
export async function measureWhileTraining(
  ours: Contestant,
  deal: (chats: number, questionsEach: number) => Wave,
  training: BackgroundTraining,
  { plan, cycles }: { plan: TrainingPlan; cycles: number },
): Promise<TrainingEffect[]> {
  const phases = new Map<number, Phases>(plan.map(({ chats }) => [chats, { idle: [], during: [] }]));
  const phase = async (kind: keyof Phases) => {
    for (const { chats, questionsEach } of plan) {
      phases.get(chats)?.[kind].push(await ours.serve(deal(chats, questionsEach)));
    }
  };
  for (let cycle = 0; cycle < cycles; cycle++) {
    await phase('idle');
    await training.goOn();
    await phase('during');
    await training.hold();
  }
  await phase('idle');
  return [...phases].map(([chats, { idle, during }]) => trainingEffect(chats, idle, during));
}

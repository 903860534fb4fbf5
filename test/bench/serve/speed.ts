// The race: each round gives every number of chats to every contestant, by turns, with the same prompts.
import { figuresOf, wavesOf, type Measurement } from './figures.js';
import { dealer, type Contestant, type ServePrompt } from './wave.js';

/** Chats at once, and the questions that each of them asks in a round. */
export type SpeedPlan = readonly { chats: number; questionsEach: number }[];

/** @param contestants they begin in another order each round */
export async function race(
  contestants: readonly Contestant[],
  prompts: readonly ServePrompt[],
  { plan, rounds }: { plan: SpeedPlan; rounds: number },
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const deal = dealer(prompts);
  for (let round = 0; round < rounds; round++) {
    const order = contestants.map((_, i) => contestants[(i + round) % contestants.length] as Contestant);
    for (const { chats, questionsEach } of plan) {
      const wave = deal(chats, questionsEach);
      for (const contestant of order) {
        measurements.push({ round, contestant: contestant.name, chats, result: await contestant.serve(wave) });
      }
    }
    console.log(`  round ${round + 1} of ${rounds} is done.`);
  }
  return measurements;
}

/** A line for each contestant and number of chats. */
export function speedLines(measurements: readonly Measurement[]): string[] {
  const names = [...new Set(measurements.map(({ contestant }) => contestant))];
  const counts = [...new Set(measurements.map(({ chats }) => chats))];
  return counts.flatMap((chats) =>
    names.map((name) => {
      const figures = figuresOf(wavesOf(measurements, name, chats));
      const { tokensPerSecond, chatTokensPerSecond, ttftP50Ms, ttftP99Ms } = figures;
      const speed = `${tokensPerSecond.toFixed(1)} tokens/s in all, ${chatTokensPerSecond.toFixed(1)} a chat`;
      const first = `first token p50 ${ttftP50Ms.toFixed(0)} ms, p99 ${ttftP99Ms.toFixed(0)} ms`;
      return `${String(chats).padStart(2)} ${chats === 1 ? 'chat ' : 'chats'}  ${name.padEnd(9)}  ${speed}; ${first}`;
    }),
  );
}

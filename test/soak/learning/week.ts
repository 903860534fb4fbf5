// The plan of the week: who asks what before which run, on which days somebody poisons the feedback, and when the service is killed.
// Pure and seeded.
import { seededRandom } from '../../../src/lora/random.js';
import type { RunStatus } from '../../../src/database/entities/training-run.entity.js';
import type { Question } from '../../demo/questions.js';
import type { Intent } from './questions.js';

export const DAYS = 7;
export const NEW_INTENTS_A_DAY = 3;
/** Days (from 0) on which somebody poisons: first with thumbs from a few customers, then with false corrections from an agent's account. */
export const POISONED: Readonly<Record<number, Poison>> = { 2: 'thumbs', 5: 'corrections' };
/** Phases in which the service is killed with SIGKILL, once each. */
export const CRASH_PHASES = ['queued', 'preparing', 'training', 'evaluating'] as const satisfies readonly RunStatus[];

const ASKED_NEW = 12;
const ASKED_EARLIER = 4;
const POISON_ASKED = 10;

export type Poison = 'thumbs' | 'corrections';
export type CrashPhase = (typeof CRASH_PHASES)[number];

/** What happens between one run and the next, and the run itself. */
export interface Shift {
  day: number;
  /** From honest customers; an agent corrects what was answered wrong. */
  asked: Question[];
  /** Asked by attackers, with the false answer that they want taught. */
  poisoned: { kind: Poison; asked: Question[] } | undefined;
  crash: CrashPhase | undefined;
}

/**
 * The shifts of a week with so many runs. New intents come one by one, spread over the week; some questions go on coming on the earlier ones.
 * @param intents `DAYS × NEW_INTENTS_A_DAY` of them
 */
export function planWeek(intents: readonly Intent[], runs: number, seed: number): Shift[] {
  const random = seededRandom(seed);
  const next = new Map(intents.map(({ name }) => [name, 0]));
  const ask = (intent: Intent): Question => {
    const index = next.get(intent.name) ?? 0;
    next.set(intent.name, index + 1);
    return intent.train[index % intent.train.length] as Question;
  };
  const draw = (from: readonly Intent[], count: number) =>
    from.length === 0
      ? []
      : Array.from({ length: count }, (_, i) =>
          ask(from[(i + Math.floor(random() * from.length)) % from.length] as Intent),
        );
  return Array.from({ length: runs }, (_, run) => {
    const day = Math.floor((run * DAYS) / runs);
    const known = (until: number) => Math.ceil((until * intents.length) / runs);
    const fresh = intents.slice(known(run), known(run + 1));
    const earlier = intents.slice(0, known(run));
    const asked = [...inTurns(fresh, ASKED_NEW, ask), ...draw(earlier, fresh.length > 0 ? ASKED_EARLIER : ASKED_NEW)];
    return { day, asked, poisoned: poisonOf(day, earlier, draw), crash: crashOf(run, runs) };
  });
}

const inTurns = (from: readonly Intent[], count: number, ask: (intent: Intent) => Question) =>
  from.length === 0 ? [] : Array.from({ length: count }, (_, i) => ask(from[i % from.length] as Intent));

/** False feedback on what was learnt already. Every false answer is a fact of another intent, so that it looks like one of the company's. */
function poisonOf(
  day: number,
  earlier: readonly Intent[],
  draw: (from: readonly Intent[], count: number) => Question[],
): Shift['poisoned'] {
  const kind = POISONED[day];
  if (!kind || earlier.length < 2) return undefined;
  const falseFact = (name: string) => {
    const index = earlier.findIndex((intent) => intent.name === name);
    return (earlier[(index + 1) % earlier.length] as Intent).fact;
  };
  return {
    kind,
    asked: draw(earlier, POISON_ASKED).map((question) => ({ ...question, wanted: falseFact(question.intent) })),
  };
}

/** Spread over the week: the second run of each quarter of it. */
function crashOf(run: number, runs: number): CrashPhase | undefined {
  const index = CRASH_PHASES.findIndex((_, i) => Math.floor((i * runs) / CRASH_PHASES.length) + 1 === run);
  return CRASH_PHASES[index];
}

// Which items of the replay buffer a run takes: spaced repetition over Leitner's boxes, spread over the slices. Pure, seeded, and
// from the counters alone: what it costs depends on how many are taken, not on how many there are.
import { shuffled, type Random } from '../../lora/random.js';
import { BOXES, itemsOf, type BufferState, type Place, type SliceState } from './reservoir.js';

/**
 * Takes `count` items without repeating one: first one of every slice, then what was forgotten, then one slice after the other in
 * turns. Within a slice an item of box b is taken half as readily as one of box b − 1, so an item that goes on being answered
 * right is seen at exponentially growing intervals: Leitner's system as a queue network (Leitner 1972; Reddy et al. 2016,
 * "Unbounded human learning"), which spares networks repetitions as it does people (Amiri et al. 2017, "Repeat before
 * forgetting"). Intervals are random with that mean, so no calendar has to be kept.
 */
export function draw(state: BufferState, count: number, random: Random): Place[] {
  const names = [...state].filter(([, slice]) => itemsOf(slice) > 0).map(([name]) => name);
  const decks = shuffled(names.sort(), random).map((name) => deckOf(name, state.get(name) as SliceState, random));
  const wanted = Math.min(
    Math.max(count, count > 0 ? decks.length : 0),
    decks.reduce((sum, deck) => sum + deck.left(), 0),
  );
  const taken: Place[] = [];
  const turn = (from: readonly Deck[]) => {
    for (const deck of from) {
      const place = taken.length < wanted ? deck.next() : undefined;
      if (place) taken.push(place);
    }
  };
  turn(decks);
  for (let forgotten = decks; forgotten.length > 0 && taken.length < wanted; turn(forgotten)) {
    forgotten = forgotten.filter((deck) => deck.forgotten() > 0);
  }
  while (taken.length < wanted) turn(decks);
  return taken;
}

interface Deck {
  next(): Place | undefined;
  left(): number;
  /** Items of box 0 that are left. */
  forgotten(): number;
}

function deckOf(slice: string, { boxes }: SliceState, random: Random): Deck {
  const slots = boxes.map((items) => distinct(items, random));
  const left = Array.from({ length: BOXES }, (_, box) => boxes[box] ?? 0);
  return {
    left: () => left.reduce((sum, items) => sum + items, 0),
    forgotten: () => left[0] ?? 0,
    next: () => {
      const box = left[0] ? 0 : weightedBox(left, random);
      const slot = slots[box]?.();
      if (slot === undefined) return undefined;
      left[box]! -= 1;
      return { slice, box, slot };
    },
  };
}

/** A box, with the probability of items ÷ 2^box. */
function weightedBox(left: readonly number[], random: Random): number {
  const weights = left.map((items, box) => items / 2 ** box);
  let at = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (at -= weight) < 0);
  return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
}

/** Numbers below n in random order, each once: Fisher–Yates that keeps only the places it has touched. */
function distinct(n: number, random: Random): () => number | undefined {
  const moved = new Map<number, number>();
  let end = n;
  return () => {
    if (end === 0) return undefined;
    const at = Math.floor(random() * end);
    end -= 1;
    const value = moved.get(at) ?? at;
    moved.set(at, moved.get(end) ?? end);
    return value;
  };
}

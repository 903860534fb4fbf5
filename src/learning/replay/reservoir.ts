// Which examples the replay buffer keeps when there are more than it has room for.
import type { Random } from '../../lora/random.js';

/** Leitner boxes: 0 holds what was forgotten, 1 what was just learnt, 5 what was answered right four times since. */
export const BOXES = 6;
/** Where an example that was just learnt goes. */
export const LEARNT_BOX = 1;

/** What is known of one slice without looking at its items. */
export interface SliceState {
  /** Examples of the slice that were ever offered, less those that were erased. */
  seen: number;
  /** Items kept, by box. */
  boxes: number[];
}

/** The buffer of one assistant: its counters, by slice. */
export type BufferState = Map<string, SliceState>;

/** Where an item lies; slots of a box are dense, from 0. */
export interface Place {
  slice: string;
  box: number;
  slot: number;
}

export const itemsOf = ({ boxes }: SliceState): number => boxes.reduce((sum, items) => sum + items, 0);
export const emptySlice = (): SliceState => ({ seen: 0, boxes: Array.from({ length: BOXES }, () => 0) });

/**
 * Offers one example of a slice and counts it. Class-balancing reservoir sampling (Chrysakis & Moens 2020, "Online continual
 * learning from imbalanced data", algorithm 1): while the buffer is full, a slice that has room takes it from the largest one; a
 * slice that has none replaces one of its own with probability kept ÷ seen (Vitter 1985, algorithm R). So the capacity is shared
 * as water fills vessels, and what is kept of each slice is a uniform sample of everything it ever had.
 *
 * Room that erasures left is filled by whatever comes next; until it is filled, the newest of a slice are a little likelier.
 * @returns whether it is kept, and which item has to go first
 */
export function offer(
  state: BufferState,
  slice: string,
  capacity: number,
  random: Random,
): { kept: boolean; evict: Place | null } {
  const own = state.get(slice) ?? emptySlice();
  state.set(slice, own);
  own.seen += 1;
  let evict: Place | null = null;
  if (total(state) >= capacity) {
    const kept = itemsOf(own);
    const largest = largestOf(state);
    const isFull = own.seen - 1 > kept || kept >= itemsOf(state.get(largest) ?? own);
    if (isFull && random() >= kept / own.seen) return { kept: false, evict: null };
    evict = randomPlace(state, isFull ? slice : largest, random);
    (state.get(evict.slice) as SliceState).boxes[evict.box]! -= 1;
  }
  own.boxes[LEARNT_BOX]! += 1;
  return { kept: true, evict };
}

const total = (state: BufferState): number => [...state.values()].reduce((sum, slice) => sum + itemsOf(slice), 0);

/** The first in order of name where several are as large, so that the same offers end the same. */
function largestOf(state: BufferState): string {
  const [first] = [...state].sort(([a, x], [b, y]) => itemsOf(y) - itemsOf(x) || (a < b ? -1 : 1));
  if (!first) throw new RangeError('an empty buffer has no largest slice');
  return first[0];
}

/** Each item of the slice with the same probability. */
function randomPlace(state: BufferState, slice: string, random: Random): Place {
  const { boxes } = state.get(slice) as SliceState;
  let slot = Math.floor(random() * boxes.reduce((sum, items) => sum + items, 0));
  for (const [box, items] of boxes.entries()) {
    if (slot < items) return { slice, box, slot };
    slot -= items;
  }
  throw new RangeError(`slice ${slice} has no items`);
}

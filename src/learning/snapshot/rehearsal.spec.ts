// General rehearsal: bounded, other tasks run after run, each in its turn, and never one that the gate measures.
import { GATE_TASKS } from '../general/general-tasks.js';
import { REHEARSAL_TASKS } from '../general/rehearsal-tasks.js';
import { GENERAL_PER_RUN, rehearsalItems } from './rehearsal.js';

const instructions = { instructions: 'Be brief.', fewShot: [] };
const ids = (nth: number, seed = 0) => rehearsalItems(instructions, { nth, seed }).map(({ id }) => id);

describe('rehearsalItems', () => {
  it('takes a bounded number, each once, and the same for the same run', () => {
    expect(new Set(ids(5)).size).toBe(GENERAL_PER_RUN);
    expect(ids(5)).toEqual(ids(5));
    expect(ids(5, 1)).not.toEqual(ids(5));
    expect(rehearsalItems(instructions, { count: 1000 })).toHaveLength(REHEARSAL_TASKS.length);
  });

  it('comes to every task within three runs', () => {
    const seen = new Set([...ids(7), ...ids(8), ...ids(9)]);
    expect(seen).toEqual(new Set(REHEARSAL_TASKS.map(({ id }) => id)));
  });

  it('never rehearses what the gate measures', () => {
    const measured = new Set(GATE_TASKS.map(({ id }) => id));
    expect(REHEARSAL_TASKS.filter(({ id }) => measured.has(id))).toEqual([]);
    expect(new Set(REHEARSAL_TASKS.map(({ id }) => id)).size).toBe(REHEARSAL_TASKS.length);
  });
});

// General rehearsal: bounded, other tasks run after run, each in its turn, and never one that the gate measures.
import { OUT_OF_SCOPE } from '../gate/out-of-scope.js';
import { GATE_TASKS } from '../general/general-tasks.js';
import { OUT_OF_SCOPE_REHEARSAL } from '../general/out-of-scope-rehearsal.js';
import { REHEARSAL_TASKS } from '../general/rehearsal-tasks.js';
import { GENERAL_PER_RUN, rehearsalItems } from './rehearsal.js';

const instructions = { instructions: 'Be brief.', fewShot: [] };
const outOfScope = new Set(OUT_OF_SCOPE_REHEARSAL.map(({ id }) => id));
/** The general ones. */
const ids = (nth: number, seed = 0) =>
  rehearsalItems(instructions, { nth, seed }).flatMap(({ id }) => (outOfScope.has(id) ? [] : [id]));

describe('rehearsalItems', () => {
  it('takes a bounded number, each once, and the same for the same run', () => {
    expect(new Set(ids(5)).size).toBe(GENERAL_PER_RUN);
    expect(ids(5)).toEqual(ids(5));
    expect(ids(5, 1)).not.toEqual(ids(5));
    expect(rehearsalItems(instructions, { count: 1000 })).toHaveLength(REHEARSAL_TASKS.length + outOfScope.size);
  });

  it('has every out-of-scope question each time, and none that the gate asks', () => {
    const rehearsed = rehearsalItems(instructions, { nth: 3 }).map(({ id }) => id);
    expect(rehearsed).toEqual(expect.arrayContaining([...outOfScope]));
    const asked = new Set(OUT_OF_SCOPE.map(({ question }) => question));
    expect(OUT_OF_SCOPE_REHEARSAL.filter(({ instruction }) => asked.has(instruction))).toEqual([]);
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

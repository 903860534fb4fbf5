// What the week's customers ask: short questions by intent, of CLINC150 where it is at hand, else of the small Banking77 sample here.
// Each intent gets an invented company fact as its answer, which no base model can know.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { seededRandom, shuffled } from '../../../src/lora/random.js';
import type { Question } from '../../demo/questions.js';

const DATA_SET = resolve('..', 'shared', 'data', 'clinc150', 'data_full.json');
const SAMPLE = resolve('test', 'fixtures', 'banking77-sample.csv');
/** Held-out questions an intent: enough of them together that one odd answer is well below two points. */
const HELD_OUT_EACH = 10;

const clincSchema = z.object({
  train: z.array(z.tuple([z.string(), z.string()])),
  test: z.array(z.tuple([z.string(), z.string()])),
});
const sampleSchema = z.array(
  z.object({ text: z.string(), category: z.string(), split: z.enum(['train', 'test']).optional() }),
);

export interface Intent {
  name: string;
  /** The true answer. */
  fact: string;
  /** To be asked during the week, in a random order. */
  train: Question[];
  /** Never corrected, never trained on: what the champion is scored by. */
  heldOut: Question[];
}

/** So many intents, drawn by the seed (fewer where only the sample is at hand). */
export function loadIntents(count: number, seed: number): Intent[] {
  const { train, test } = existsSync(DATA_SET) ? clinc() : sample();
  const random = seededRandom(seed);
  const names = shuffled([...new Set(train.map(([, intent]) => intent))].sort(), random).slice(0, count);
  return names.map((name, i) => {
    const fact = inventedFact(i);
    const of = (rows: typeof train) =>
      rows.filter(([, intent]) => intent === name).map(([text]) => ({ text, intent: name, wanted: fact }));
    return { name, fact, train: shuffled(of(train), random), heldOut: of(test).slice(0, HELD_OUT_EACH) };
  });
}

function clinc() {
  return clincSchema.parse(JSON.parse(readFileSync(DATA_SET, 'utf8')));
}

function sample() {
  const rows = sampleSchema.parse(parse(readFileSync(SAMPLE), { columns: true, bom: true }));
  const of = (split: string) =>
    rows.filter((row) => row.split === split).map(({ text, category }): [string, string] => [text, category]);
  return { train: of('train'), test: of('test') };
}

const PLACES = ['desk', 'window', 'room', 'gate', 'floor', 'counter'];
const NUMBERS = ['two', 'four', 'five', 'seven', 'nine', 'eleven', 'twelve'];
const ACTS = ['Call', 'Go to', 'Write to', 'Ask at'];

/** A short sentence, a different one for each `n` below 168. */
function inventedFact(n: number): string {
  return `${ACTS[n % 4]} ${PLACES[n % 6]} ${NUMBERS[n % 7]}${n >= 84 ? ' again' : ''}.`;
}

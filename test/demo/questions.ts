// Banking77 questions of the demo's intents: the whole data set where it is at hand, else the sample in this repository.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { COMPANY_FACTS } from './company.js';

const DATA_SET = resolve('..', 'shared', 'data', 'banking77');
const SAMPLE = resolve('test', 'fixtures', 'banking77-sample.csv');

const rowsSchema = z.array(
  z.object({ text: z.string().trim().min(1), category: z.string(), split: z.string().optional() }),
);

/** One question, its intent, and the answer that the company wants. */
export interface Question {
  text: string;
  intent: string;
  wanted: string;
}

export interface QuestionSet {
  /** Where they come from, for the screen. */
  source: string;
  /** Asked first, and corrected. */
  train: Question[];
  /** Paraphrases from the data set's test split: never corrected, never trained on. */
  heldOut: Question[];
}

/**
 * The first questions of each intent, in the data set's order.
 * @throws Error when an intent has too few
 */
export function loadQuestions(options: { intents?: number; trainEach: number; heldOutEach: number }): QuestionSet {
  const intents = Object.keys(COMPANY_FACTS).slice(0, options.intents);
  const whole = existsSync(DATA_SET);
  const split = (name: 'train' | 'test') =>
    whole ? readRows(resolve(DATA_SET, `${name}.csv`)) : readRows(SAMPLE).filter((row) => row.split === name);
  const pick = (name: 'train' | 'test', each: number) => {
    const rows = split(name);
    return intents.flatMap((intent) => {
      const own = rows.filter(({ category }) => category === intent).slice(0, each);
      if (own.length < each)
        throw new Error(`Banking77's ${name} split has only ${own.length} questions of ${intent}.`);
      return own.map(({ text }) => ({ text, intent, wanted: COMPANY_FACTS[intent] ?? '' }));
    });
  };
  return {
    source: whole ? 'Banking77' : 'the Banking77 sample of this repository',
    train: pick('train', options.trainEach),
    heldOut: pick('test', options.heldOutEach),
  };
}

const readRows = (path: string) => rowsSchema.parse(parse(readFileSync(path), { columns: true, bom: true }));

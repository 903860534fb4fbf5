// Questions with their intents: all of Banking77 and CLINC150 where they are at hand, else the sample in this repository.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

const FOLDER = resolve('..', 'shared', 'data');
const SAMPLE = resolve('test', 'fixtures', 'banking77-sample.csv');

export interface Labelled {
  text: string;
  /** Undefined: out of scope, nothing answers it. */
  intent: string | undefined;
}

export interface Corpus {
  name: string;
  /** What may be remembered. */
  train: Labelled[];
  /** What is asked. */
  test: Labelled[];
}

const rowsSchema = z.array(z.object({ text: z.string(), category: z.string(), split: z.string().optional() }));
const clincSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

export function loadCorpora(): Corpus[] {
  if (!existsSync(FOLDER)) {
    const rows = csv(SAMPLE);
    const of = (name: string) => rows.filter(({ split }) => split === name).map(labelled);
    return [{ name: 'the Banking77 sample of this repository', train: of('train'), test: of('test') }];
  }
  const banking = (name: string) => csv(resolve(FOLDER, 'banking77', `${name}.csv`)).map(labelled);
  const clinc = clincSchema.parse(JSON.parse(readFileSync(resolve(FOLDER, 'clinc150', 'data_full.json'), 'utf8')));
  const part = (name: string) => (clinc[name] ?? []).map(([text, intent]) => ({ text, intent }));
  const outOfScope = part('oos_test').map(({ text }) => ({ text, intent: undefined }));
  return [
    { name: 'Banking77', train: banking('train'), test: banking('test') },
    { name: 'CLINC150', train: part('train'), test: [...part('test'), ...outOfScope] },
  ];
}

const csv = (path: string) => rowsSchema.parse(parse(readFileSync(path), { columns: true, bom: true }));
const labelled = ({ text, category }: { text: string; category: string }): Labelled => ({ text, intent: category });

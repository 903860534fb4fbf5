// Real dialogues with their own lengths: people's questions to an assistant (hh-rlhf, helpful) and questions that experts answered
// (MedQuAD), where those data sets are at hand; else the questions of this repository's sample.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { seededRandom, shuffled } from '../../../src/lora/random.js';
import type { PromptTurn } from '../../../src/database/entities/example.entity.js';
import { COMPANY_FACTS } from '../../demo/company.js';

const DATA = resolve('..', 'shared', 'data');
const INSTRUCTIONS =
  'You are the support assistant of this service. Answer the question in a friendly and precise way, in plain words and in at most ' +
  'a few sentences. If you are not sure, say so and offer to ask a colleague.';

export interface Dialogue {
  prompt: PromptTurn[];
  completion: string;
}

/** All dialogues in an order that depends on the seed alone; half of each source. */
export function loadDialogues(count: number, seed: number): { source: string; dialogues: Dialogue[] } {
  const whole = existsSync(DATA);
  const sources = whole ? [conversations(), questions()] : [sample()];
  const each = Math.ceil(count / sources.length);
  const picked = sources.flatMap((dialogues, i) => shuffled(dialogues, seededRandom(seed + i)).slice(0, each));
  return {
    source: whole ? 'hh-rlhf (helpful) and MedQuAD' : "this repository's sample",
    dialogues: shuffled(picked, seededRandom(seed)).slice(0, count),
  };
}

const withInstructions = (turns: PromptTurn[]): PromptTurn[] => [{ role: 'system', content: INSTRUCTIONS }, ...turns];

function conversations(): Dialogue[] {
  const path = resolve(DATA, 'preference', 'hh-rlhf-helpful-base-test.jsonl.gz');
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const { chosen } = z.object({ chosen: z.string() }).parse(JSON.parse(line));
    const turns = chosen
      .split(/\n\n(?=Human: |Assistant: )/)
      .filter((turn) => turn.trim())
      .map((turn): PromptTurn => {
        const role = turn.startsWith('Human: ') ? 'user' : 'assistant';
        return { role, content: turn.replace(/^(Human|Assistant): /, '').trim() };
      });
    const last = turns.pop();
    if (last?.role !== 'assistant' || !last.content || turns.length === 0) return [];
    return [{ prompt: withInstructions(turns), completion: last.content }];
  });
}

function questions(): Dialogue[] {
  const rowSchema = z.object({ question: z.string().min(1), answer: z.string().min(1) });
  const lines = readFileSync(resolve(DATA, 'health', 'medquad-sample.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { question, answer } = rowSchema.parse(JSON.parse(line));
    return { prompt: withInstructions([{ role: 'user', content: question }]), completion: answer };
  });
}

function sample(): Dialogue[] {
  const rows = parse(readFileSync(resolve('test', 'fixtures', 'banking77-sample.csv')), { columns: true, bom: true });
  return z
    .array(z.object({ text: z.string(), category: z.string() }))
    .parse(rows)
    .map(({ text, category }) => ({
      prompt: withInstructions([{ role: 'user', content: text }]),
      completion: COMPANY_FACTS[category] ?? category,
    }));
}

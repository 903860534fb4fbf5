// A run's report for operators who never heard of a p-value: what was learnt, what it cost, what might be worse, from which
// examples, and what the verdict means. Pure: the run's row in, sentences and numbers out.
import { z } from 'zod';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { trainedSchema } from '../processes/learner.messages.js';
import { compositionSchema } from '../snapshot/composition.js';
import { gateFactsSchema, type GateItem } from './gate-facts.js';
import { costSentences, trainingSentences, verdictSentence, worseSentences } from './sentences.js';

/** Questions listed of each sort. */
const ITEMS_LISTED_MAX = 50;

const changedItemSchema = z.object({
  question: z.string(),
  slice: z.string(),
  before: z.string().describe("The parent's answer."),
  after: z.string().describe("The new version's answer."),
  expected: z.string(),
});
export type ChangedItem = z.infer<typeof changedItemSchema>;

export const runReportSchema = z.object({
  runId: z.uuid(),
  mode: z.enum(['full', 'micro']),
  status: z.string(),
  verdict: z.string().describe('What came of it, in a sentence or two.'),
  summary: z.string().nullable().describe("The gate's own words."),
  learnt: z.array(changedItemSchema).describe('Held-out or taught questions that became right, at most 50.'),
  lost: z.array(changedItemSchema).describe('Questions that became wrong, at most 50.'),
  worse: z.array(z.string()).describe('What might be worse than before, a sentence each; empty: nothing was seen.'),
  cost: z.array(z.string()),
  training: z.array(z.string()).describe('How it was trained, and why so.'),
  examples: compositionSchema.nullable(),
  snapshotSha256: z.string().nullable(),
  lossCurve: z.array(z.tuple([z.int(), z.number().nullable()])),
});
export type RunReport = z.infer<typeof runReportSchema>;

/** The report of a run in whatever state it is. */
export function runReport(run: TrainingRun): RunReport {
  const gate = gateFactsSchema.parse(run.gateReport ?? {});
  const parsed = trainedSchema.safeParse(run.result ?? {});
  const trained = parsed.success ? parsed.data : undefined;
  const changed = (test: (item: GateItem) => boolean) =>
    gate.items.filter(test).slice(0, ITEMS_LISTED_MAX).map(toChanged);
  return {
    ...{ runId: run.id, mode: run.mode, status: run.status },
    verdict: verdictSentence(run, gate.reasons),
    summary: gate.summary ?? null,
    learnt: changed(({ parentRight, candidateRight }) => candidateRight && !parentRight),
    lost: changed(({ parentRight, candidateRight }) => parentRight && !candidateRight),
    worse: worseSentences(gate, trained),
    cost: run.cost ? costSentences(run.cost) : [],
    training: trained ? trainingSentences(trained, run.settings) : [],
    examples: trained?.composition ?? null,
    snapshotSha256: run.snapshotSha256,
    lossCurve: run.lossCurve ?? [],
  };
}

const toChanged = ({ question, slice, parentAnswer, candidateAnswer, expected }: GateItem): ChangedItem => ({
  ...{ question, slice, expected },
  before: parentAnswer,
  after: candidateAnswer,
});

// What the gate looks at and what it says: one shape for the run, the adapter version, REST and the console.
import type { Probe } from '../../database/entities/adapter-version.entity.js';
import type { PromptTurn } from '../../database/entities/example.entity.js';

/** `target`: held out of what this run was to learn. `earlier`: what the parent had learnt already. `taught`: what was just trained. */
export type ItemGroup = 'target' | 'earlier' | 'taught';

/** A held-out question with both versions' greedy answers. */
export interface JudgedItem {
  id: string;
  slice: string;
  group: ItemGroup;
  prompt: PromptTurn[];
  expected: string;
  parentAnswer: string;
  candidateAnswer: string;
}

/** Right and wrong, paired item by item. */
export interface PairedCounts {
  items: number;
  parentRight: number;
  candidateRight: number;
  /** Only the candidate is right. */
  wins: number;
  /** Only the parent is right. */
  losses: number;
}

/** General ability and drift, as means per token of general answers, in nats. */
export interface GeneralScores {
  items: number;
  /** −log p of the answers. */
  parentNll: number;
  candidateNll: number;
  /** KL(candidate ‖ parent) and KL(candidate ‖ base model). */
  klToParent: number;
  klToBase: number;
}

/**
 * How a candidate is judged. `full`: it must be better on the target. `quick` (one correction, taught at once): it must answer
 * each `taught` item as corrected; one question proves no progress, so none is asked for, and the protections are the same.
 */
export type GateForm = 'full' | 'quick';

/** Everything the verdict depends on. */
export interface Evidence {
  form: GateForm;
  items: readonly JudgedItem[];
  general: GeneralScores;
  /** First and last training loss, nats per completion token. */
  firstLoss: number;
  lastLoss: number;
  /** Euclidean norm of all of the adapter's A and B. */
  adapterNorm: number;
}

export type Verdict = 'passed' | 'refused' | 'not_enough_evidence' | 'learnt_nothing';

/** One question in the report. */
export interface ReportedItem {
  id: string;
  slice: string;
  group: ItemGroup;
  question: string;
  expected: string;
  parentAnswer: string;
  candidateAnswer: string;
  parentRight: boolean;
  candidateRight: boolean;
}

export interface GateReport {
  verdict: Verdict;
  form: GateForm;
  /** What an operator reads first: a few plain sentences. */
  summary: string;
  /** Each reason against (or for waiting), a sentence each; empty when it passed. */
  reasons: string[];
  target: PairedCounts & { pValue: number };
  earlier: PairedCounts & { pValue: number };
  /** Earlier slices, one by one. */
  slices: (PairedCounts & { slice: string })[];
  general: GeneralScores & { increase: number };
  degenerate: { parent: number; candidate: number };
  loss: { first: number; last: number };
  adapterNorm: number;
  items: ReportedItem[];
  probe: Probe | null;
}

// What the gate looks at and what it says: one shape for the run, the adapter version, REST and the console.
import type { Probe } from '../../database/entities/adapter-version.entity.js';
import type { PromptTurn } from '../../database/entities/example.entity.js';
import type { CanaryDemands } from './canary.js';

/**
 * `target`: held out of what this run was to learn. `earlier`: what the parent had learnt already. `taught`: what was just trained.
 */
export type ItemGroup = 'target' | 'earlier' | 'taught';

/** Both versions' greedy answers to one question. */
export interface Answered {
  id: string;
  prompt: PromptTurn[];
  parentAnswer: string;
  candidateAnswer: string;
}

/** A question with the answer that is expected. */
export interface JudgedItem extends Answered {
  /** The conversation it comes from: turns of one are alike, and count as one piece of evidence. */
  conversation: string;
  slice: string;
  group: ItemGroup;
  expected: string;
}

/** An operator's canary with the answers it got. */
export type AnsweredCanary = Answered & CanaryDemands;

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
  /** What is wrong with the adapter's file, in a sentence: then nothing else is looked at. */
  fileProblem: string | null;
  items: readonly JudgedItem[];
  /** The sealed set: reported, never judged by. */
  audit: readonly JudgedItem[];
  /** Questions that no taught answer belongs to. */
  outOfScope: readonly Answered[];
  /** Questions that ask for what belongs to other customers. */
  privateQuestions: readonly Answered[];
  canaries: readonly AnsweredCanary[];
  /** What training saw: the answers, and what customers had written. */
  taughtAnswers: readonly string[];
  taughtQuestions: readonly string[];
  general: GeneralScores;
  /** First and last training loss, nats per completion token. */
  firstLoss: number;
  lastLoss: number;
  /** Euclidean norm of all of the adapter's A and B. */
  adapterNorm: number;
  /** Of the bootstrap. */
  seed: number;
}

export type Verdict = 'passed' | 'refused' | 'not_enough_evidence' | 'learnt_nothing';

/** Scores, paired item by item. */
export interface PairedCounts {
  items: number;
  conversations: number;
  parentRight: number;
  candidateRight: number;
  /** Only the candidate is right. */
  wins: number;
  /** Only the parent is right. */
  losses: number;
  /** Mean of the items' score differences, −1 … 1; null without items. */
  difference: number | null;
  /** Its lower 95 % bound, bootstrapped by conversation. */
  lowerBound: number | null;
  /** Smallest share of the questions whose change would have been seen in 4 of 5 such comparisons; null: none would. */
  detectable: number | null;
}

/** Counts with the exact test that belongs to them: for `target` of being better, for the others of being worse. */
export type TestedCounts = PairedCounts & { pValue: number };

/** How many answers of each version are so. */
export interface BothCounts {
  parent: number;
  candidate: number;
}

/** One question in the report. */
export interface ReportedItem {
  id: string;
  slice: string;
  group: ItemGroup;
  question: string;
  expected: string;
  parentAnswer: string;
  candidateAnswer: string;
  /** 0 … 1; a short answer is right or wrong, a long one is graded. */
  parentScore: number;
  candidateScore: number;
  parentRight: boolean;
  candidateRight: boolean;
}

/** What every check rests on. */
export interface Measures {
  form: GateForm;
  target: TestedCounts;
  earlier: TestedCounts;
  /** Earlier slices, one by one; `adjusted` is Holm's. */
  slices: (TestedCounts & { slice: string; adjusted: number })[];
  taught: { items: number; right: number };
  general: GeneralScores & { increase: number };
  /** Over all `answers`. */
  degenerate: BothCounts;
  /** Over `items`. */
  refusals: BothCounts;
  answers: number;
  overConfident: BothCounts & { questions: number; example: { question: string; answer: string } | null };
  /** What the candidate gives away and the parent doesn't. */
  leaks: { question: string; leak: string }[];
  canaries: { question: string; broken: string; parentBreaksToo: boolean }[];
  loss: { first: number; last: number };
  adapterNorm: number;
  items: ReportedItem[];
}

/** One thing that the gate looked at. */
export interface Check {
  name: string;
  /** `unsure`: too little is known to say. */
  outcome: 'kept' | 'broken' | 'unsure' | 'not_measured';
  /** The number it rests on and its limit, in the unit that the sentence says; null where there is none. */
  value: number | null;
  threshold: number | null;
  sentence: string;
}

export interface GateReport extends Measures {
  verdict: Verdict;
  /** What an operator reads first: a few plain sentences. */
  summary: string;
  /** Each reason against (or for waiting), a sentence each; empty when it passed. */
  reasons: string[];
  /** Everything that was looked at, in order. */
  checks: Check[];
  /** The sealed set: for people to look at; it never decides. */
  audit: PairedCounts;
  probe: Probe | null;
}

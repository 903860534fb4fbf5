// Whether feedback is learnt from or held back, from everything that is known about it. Pure; the rules are a table, the first that
// applies is the reason.
import type { RaterKind } from '../../database/entities/rating.entity.js';
import type { PersonalDataKind } from '../redaction/personal-data.js';
import { DAY_WEIGHT_MAX, trustOf, weightOf, type Agreement } from './weight.js';

export const QUARANTINE_REASONS = [
  'personal_data_in_answer',
  'contradicts_correction',
  'burst',
  'repeated_string',
  'untrusted_rater',
  'day_cap',
  'change_of_direction',
  'outvoted',
  // By the learner: what a refused version was taught in place of what was right.
  'refused_by_gate',
  // By an operator, after a run had learnt it: it stays for the lineage, and is never learnt again.
  'discarded',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** Why and, in a sentence for operators, what was seen. */
export interface Suspicion {
  reason: QuarantineReason;
  detail: string;
}

/** The same odd string in several questions. */
export interface Repetition {
  string: string;
  /** Different questions that have it, this one counted. */
  questions: number;
  /** Customers who wrote them. */
  customers: number;
}

export interface Evidence {
  raterKind: RaterKind;
  /** Kinds of personal data that were taken out of what the model would learn to say. */
  leaked: readonly PersonalDataKind[];
  agreement: Agreement;
  /** Weight of the rater's examples of today. */
  usedToday: number;
  /** The rater's ratings within `BURST_SECONDS`, this one counted. */
  recentRatings: number;
  repetition: Repetition | undefined;
  /** Accepted examples of the same question that say otherwise: agents' and customers'. */
  contradicted: { agents: number; customers: number };
  /** Different customers who say the same, this one counted. */
  supporters: number;
}

/** Nobody reads and judges more answers than this … */
export const BURST_RATINGS_MAX = 8;
/** … in this time. */
export const BURST_SECONDS = 60;
const REPEATED_QUESTIONS_MIN = 3;
const REPEATED_CUSTOMERS_MAX = 2;
/** Below this share of the full weight a rater is held back; five disagreements and no agreement come to 0.44. */
const TRUST_MIN = 0.5;
/** So many independent raters change what was accepted. */
export const INDEPENDENT_RATERS_MIN = 2;

interface Rule {
  reason: QuarantineReason;
  /** Whether an agent's word, too, is held back. */
  agents?: boolean;
  applies: (evidence: Evidence) => boolean;
  says: (evidence: Evidence) => string;
}

const RULES: readonly Rule[] = [
  {
    reason: 'personal_data_in_answer',
    agents: true,
    applies: ({ leaked }) => leaked.length > 0,
    says: ({ leaked }) =>
      `The answer held personal data (${[...new Set(leaked)].join(', ')}); learnt like this, the assistant would say the placeholder. If it is the company's own, put it into the instructions or INTAKE_ALLOW and correct again.`,
  },
  {
    reason: 'contradicts_correction',
    applies: ({ contradicted }) => contradicted.agents > 0,
    says: () => 'An agent has judged this answer to this question otherwise.',
  },
  {
    reason: 'burst',
    applies: ({ recentRatings }) => recentRatings > BURST_RATINGS_MAX,
    says: ({ recentRatings }) => `${recentRatings} ratings of one customer within ${BURST_SECONDS} seconds.`,
  },
  {
    reason: 'repeated_string',
    applies: ({ repetition }) => repetition !== undefined && isPlanted(repetition),
    says: ({ repetition }) =>
      `The string ${JSON.stringify(repetition?.string)} is in ${repetition?.questions} different questions of ${repetition?.customers} customer(s) and in nobody else's.`,
  },
  {
    reason: 'untrusted_rater',
    applies: ({ agreement }) => trustOf(agreement) < TRUST_MIN,
    says: ({ agreement: { agreements, disagreements } }) =>
      `The rater agreed with agents ${agreements} times and disagreed ${disagreements} times.`,
  },
  {
    reason: 'day_cap',
    agents: true,
    applies: ({ raterKind, usedToday }) => weightOf(1, { kind: raterKind, trust: 1, usedToday }) === 0,
    says: ({ raterKind }) => `The rater has used up the weight of a day (${DAY_WEIGHT_MAX[raterKind]}).`,
  },
  {
    reason: 'change_of_direction',
    applies: ({ contradicted, supporters }) => contradicted.customers > 0 && supporters < INDEPENDENT_RATERS_MIN,
    says: () => 'It contradicts what was accepted; an agent or a second customer has to say so, too.',
  },
];

/** Whether a string looks planted rather than pasted. */
export function isPlanted({ questions, customers }: Repetition): boolean {
  return questions >= REPEATED_QUESTIONS_MIN && customers <= REPEATED_CUSTOMERS_MAX;
}

/** The reason to hold an example back; undefined when there is none. */
export function suspicionOf(evidence: Evidence): Suspicion | undefined {
  const isAgent = evidence.raterKind === 'agent';
  const rule = RULES.find(({ agents, applies }) => (agents || !isAgent) && applies(evidence));
  return rule && { reason: rule.reason, detail: rule.says(evidence) };
}

// The gate's checks, each a few lines: the number, its limit, and whether the candidate keeps it. Order is the order of the report.
import type { Check, Measures } from './report.js';
import * as limits from './thresholds.js';
import * as words from './words.js';

type Looked = Omit<Check, 'name'>;

/** Written so that NaN is broken: what can't be measured is not safe. */
const atMost = (value: number, threshold: number): Check['outcome'] => (value <= threshold ? 'kept' : 'broken');

/** Net items allowed to change for the worse: a share, but at least one, since a greedy decoder flips one now and then. */
const tolerated = (items: number, share: number) => Math.max(1, Math.floor(items * share));

const CHECKS: Record<string, (measures: Measures) => Looked | undefined> = {
  'finite numbers': ({ adapterNorm }) => ({
    outcome: Number.isFinite(adapterNorm) ? 'kept' : 'broken',
    value: Number.isFinite(adapterNorm) ? adapterNorm : null,
    threshold: null,
    sentence: Number.isFinite(adapterNorm) ? words.finite(adapterNorm) : words.notFinite(),
  }),
  canaries: ({ canaries }) => {
    const own = canaries.filter(({ parentBreaksToo }) => !parentBreaksToo);
    const sentence = canaries.length > 0 ? canaries.map(words.brokenCanary).join(' ') : words.canariesKept();
    return { outcome: atMost(own.length, 0), value: own.length, threshold: 0, sentence };
  },
  leaks: ({ leaks }) => ({
    outcome: atMost(leaks.length, 0),
    value: leaks.length,
    threshold: 0,
    sentence: words.leaks(leaks),
  }),
  taught: ({ form, taught }) =>
    form === 'full'
      ? undefined
      : {
          outcome: taught.items > 0 && taught.right === taught.items ? 'kept' : 'broken',
          value: taught.right,
          threshold: taught.items,
          sentence: words.taught(taught),
        },
  target: (measures) => (measures.form === 'full' ? target(measures) : undefined),
  slices: ({ slices }) => worst(slices.map(slice)),
  earlier: ({ earlier }) => protect(earlier, { share: limits.EARLIER_TOLERANCE, pValue: earlier.pValue }, 'earlier'),
  'general ability': ({ general }) => ({
    outcome: atMost(general.increase, limits.MAX_GENERAL_INCREASE),
    value: general.increase,
    threshold: limits.MAX_GENERAL_INCREASE,
    sentence: words.general(general.increase),
  }),
  'drift from the champion': ({ general }) =>
    drift(general.klToParent, limits.MAX_KL_TO_PARENT, 'the version it started from'),
  'drift from the base model': ({ general }) => drift(general.klToBase, limits.MAX_KL_TO_BASE, 'the base model'),
  'degenerate answers': ({ degenerate, answers }) =>
    newly(degenerate, answers, limits.MAX_DEGENERATE_SHARE, words.degenerate),
  refusals: ({ refusals, items }) => newly(refusals, items.length, limits.MAX_REFUSED_SHARE, words.refusals),
  'out-of-scope questions': ({ overConfident }) => {
    const { questions, parent, candidate } = overConfident;
    if (questions === 0) return NOT_MEASURED;
    const allowed = tolerated(questions, limits.MAX_OVER_CONFIDENT_SHARE);
    return {
      outcome: atMost(candidate - parent, allowed),
      value: candidate - parent,
      threshold: allowed,
      sentence: words.overConfident(overConfident),
    };
  },
};

const NOT_MEASURED: Looked = { outcome: 'not_measured', value: null, threshold: null, sentence: 'Not measured.' };

/** Looks at everything. */
export function runChecks(measures: Measures): Check[] {
  return Object.entries(CHECKS).flatMap(([name, look]) => {
    const looked = look(measures);
    return looked ? [{ name, ...looked }] : [];
  });
}

/** Better, and neither by luck (exact McNemar) nor by one talkative customer (bootstrap by conversation). */
function target({ target: counts }: Measures): Looked {
  const { items, conversations, difference, lowerBound, pValue } = counts;
  const looked = { value: lowerBound, threshold: 0 };
  if (items < limits.MIN_TARGET_ITEMS) {
    return { ...looked, outcome: 'unsure', sentence: words.tooFewItems(items, limits.MIN_TARGET_ITEMS) };
  }
  if ((difference ?? 0) <= 0) return { ...looked, outcome: 'broken', sentence: words.noBetter(counts) };
  if (conversations < limits.MIN_TARGET_ITEMS) {
    return { ...looked, outcome: 'unsure', sentence: words.tooFewConversations(conversations) };
  }
  const sure = pValue <= limits.SIGNIFICANCE && (lowerBound ?? 0) > 0;
  return { ...looked, outcome: sure ? 'kept' : 'unsure', sentence: (sure ? words.better : words.couldBeLuck)(counts) };
}

const slice = (counts: Measures['slices'][number]): Looked =>
  protect(counts, { share: limits.SLICE_TOLERANCE, pValue: counts.adjusted }, counts.slice);

/**
 * Broken where more is lost than noise allows or the loss is significant; unsure where a fall of ε can't be ruled out. No correction for the
 * bounds: all of them must hold (an intersection–union test, Berger 1982), which many slices make harder, not easier. One lost item
 * neither condemns nor delays: with small slices no run would ever pass.
 */
function protect(
  counts: Measures['earlier'],
  { share, pValue }: { share: number; pValue: number },
  slice: string,
): Looked {
  const net = counts.losses - counts.wins;
  const looked = { value: counts.lowerBound, threshold: -limits.EPSILON };
  if (counts.items === 0) return { ...NOT_MEASURED, sentence: words.nothingEarlier() };
  if (net > tolerated(counts.items, share) || pValue <= limits.SIGNIFICANCE) {
    return { ...looked, outcome: 'broken', sentence: words.fell(slice, counts) };
  }
  if (net > 1 && (counts.lowerBound ?? 0) < -limits.EPSILON) {
    return { ...looked, outcome: 'unsure', sentence: words.mayHaveFallen(slice, counts) };
  }
  return { ...looked, outcome: 'kept', sentence: words.held(slice, counts) };
}

/** One line for all slices: the broken ones, else the unsure ones, else that all are well. */
function worst(slices: readonly Looked[]): Looked | undefined {
  const bad = (['broken', 'unsure'] as const).map((outcome) => slices.filter((one) => one.outcome === outcome));
  const shown = bad.find((found) => found.length > 0);
  const [first] = shown ?? slices;
  if (!first) return undefined;
  return shown
    ? { ...first, sentence: shown.map(({ sentence }) => sentence).join(' ') }
    : {
        ...first,
        value: Math.min(...slices.map(({ value }) => value ?? 0)),
        sentence: words.slicesHeld(slices.length),
      };
}

const drift = (value: number, threshold: number, from: string): Looked => ({
  outcome: atMost(value, threshold),
  value,
  threshold,
  sentence: words.drift(value, threshold, from),
});

/** Never for one answer, and not with so few that one odd answer would decide. */
function newly(
  { parent, candidate }: Measures['degenerate'],
  answers: number,
  share: number,
  sentence: (count: number, answers: number) => string,
): Looked {
  const allowed = tolerated(answers, share);
  return {
    outcome: answers < limits.MIN_TARGET_ITEMS ? 'kept' : atMost(candidate - parent, allowed),
    value: candidate - parent,
    threshold: allowed,
    sentence: sentence(candidate, answers),
  };
}

// The gate: candidate against its parent, paired, item by item. Pure: evidence in, report out.
import { degeneracyOf } from './degenerate.js';
import { mcnemarBetter, mcnemarWorse } from './mcnemar.js';
import { sameAnswer } from './normalise.js';
import type { Evidence, GateReport, JudgedItem, PairedCounts, ReportedItem, Verdict } from './report.js';
import {
  EARLIER_TOLERANCE,
  MAX_DEGENERATE_SHARE,
  MAX_GENERAL_INCREASE,
  MIN_LOSS_FALL,
  MIN_TARGET_ITEMS,
  SIGNIFICANCE,
  SLICE_TOLERANCE,
} from './thresholds.js';
import * as words from './words.js';

type Measures = Omit<GateReport, 'verdict' | 'summary' | 'reasons' | 'probe'>;

/** Judges a candidate. Never throws: whatever is wrong with the evidence is a reason in the report. */
export function judge(evidence: Evidence): GateReport {
  const measures = measure(evidence);
  const { verdict, reasons } = decide(measures);
  return {
    verdict,
    reasons,
    summary: words.summary(verdict, reasons, measures),
    ...measures,
    probe: probeOf(evidence.items),
  };
}

function measure({ form, items, general, firstLoss, lastLoss, adapterNorm }: Evidence): Measures {
  const reported = items.map(reportItem);
  const target = count(reported.filter(({ group }) => group === 'target'));
  const protectedItems = reported.filter(({ group }) => group === 'earlier');
  const earlier = count(protectedItems);
  const slices = [...new Set(protectedItems.map(({ slice }) => slice))].sort();
  return {
    form,
    target: { ...target, pValue: mcnemarBetter(target) },
    earlier: { ...earlier, pValue: mcnemarWorse(earlier) },
    slices: slices.map((slice) => ({ slice, ...count(protectedItems.filter((item) => item.slice === slice)) })),
    general: { ...general, increase: general.candidateNll / general.parentNll - 1 },
    degenerate: {
      parent: items.filter((item) => degeneracyOf(item.parentAnswer)).length,
      candidate: items.filter((item) => degeneracyOf(item.candidateAnswer)).length,
    },
    loss: { first: firstLoss, last: lastLoss },
    adapterNorm,
    items: reported,
  };
}

function decide(measures: Measures): { verdict: Verdict; reasons: string[] } {
  const nothing = learntNothing(measures);
  if (nothing) return { verdict: 'learnt_nothing', reasons: [nothing] };
  const against = reasonsAgainst(measures);
  if (against.length > 0) return { verdict: 'refused', reasons: against };
  const waiting = reasonToWait(measures);
  return waiting ? { verdict: 'not_enough_evidence', reasons: [waiting] } : { verdict: 'passed', reasons: [] };
}

/** Training without effect: no held-out answer changed, or (with too few to say so) the loss didn't fall. */
function learntNothing({ items, loss }: Measures): string | undefined {
  if (items.length >= MIN_TARGET_ITEMS) {
    const changed = items.some((item) => !sameAnswer(item.parentAnswer, item.candidateAnswer));
    return changed ? undefined : words.noAnswerChanged(items.length);
  }
  return loss.last <= loss.first * (1 - MIN_LOSS_FALL) ? undefined : words.lossDidNotFall(loss.first, loss.last);
}

function reasonsAgainst({ target, earlier, slices, general, degenerate, adapterNorm, items }: Measures): string[] {
  const reasons: string[] = [];
  const untaught = items.filter(({ group, candidateRight }) => group === 'taught' && !candidateRight);
  if (untaught.length > 0) reasons.push(words.notTaught(untaught.length));
  if (!Number.isFinite(adapterNorm)) reasons.push(words.notFinite());
  if (target.items >= MIN_TARGET_ITEMS && target.wins <= target.losses) reasons.push(words.noBetter(target));
  for (const slice of slices) {
    if (slice.losses - slice.wins > tolerated(slice.items, SLICE_TOLERANCE)) reasons.push(words.sliceFell(slice));
  }
  if (earlier.losses - earlier.wins > tolerated(earlier.items, EARLIER_TOLERANCE))
    reasons.push(words.earlierFell(earlier));
  // Written so that NaN is refused too.
  if (!(general.increase <= MAX_GENERAL_INCREASE)) reasons.push(words.generalFell(general.increase));
  if (isDegenerate(degenerate, items.length)) reasons.push(words.degenerate(degenerate.candidate, items.length));
  return reasons;
}

/** Never for one item: with few held-out questions a single odd answer would decide. */
function isDegenerate({ parent, candidate }: Measures['degenerate'], items: number): boolean {
  return items >= MIN_TARGET_ITEMS && candidate - parent > tolerated(items, MAX_DEGENERATE_SHARE);
}

const tolerated = (items: number, share: number) => Math.max(1, Math.floor(items * share));

function reasonToWait({ form, target }: Measures): string | undefined {
  if (form === 'quick') return undefined;
  if (target.items < MIN_TARGET_ITEMS) return words.tooFewItems(target.items, MIN_TARGET_ITEMS);
  return target.pValue > SIGNIFICANCE ? words.couldBeLuck(target) : undefined;
}

function count(items: readonly ReportedItem[]): PairedCounts {
  const of = (test: (item: ReportedItem) => boolean) => items.filter(test).length;
  return {
    items: items.length,
    parentRight: of((item) => item.parentRight),
    candidateRight: of((item) => item.candidateRight),
    wins: of((item) => item.candidateRight && !item.parentRight),
    losses: of((item) => item.parentRight && !item.candidateRight),
  };
}

function reportItem(item: JudgedItem): ReportedItem {
  const { id, slice, group, expected, parentAnswer, candidateAnswer } = item;
  return {
    id,
    slice,
    group,
    question: item.prompt.findLast((turn) => turn.role === 'user')?.content ?? '',
    expected,
    parentAnswer,
    candidateAnswer,
    parentRight: sameAnswer(parentAnswer, expected),
    candidateRight: sameAnswer(candidateAnswer, expected),
  };
}

/**
 * A held-out item whose answer differs, best one that the candidate gets right: shows after a swap which version answers. The
 * shortest of them, since every swap waits until its prompt is read.
 */
function probeOf(items: readonly JudgedItem[]): GateReport['probe'] {
  const length = ({ prompt }: JudgedItem) => prompt.reduce((sum, { content }) => sum + content.length, 0);
  const differing = items
    .filter((item) => !sameAnswer(item.parentAnswer, item.candidateAnswer))
    .sort((a, b) => length(a) - length(b));
  const chosen = differing.find((item) => sameAnswer(item.candidateAnswer, item.expected)) ?? differing[0];
  if (!chosen) return null;
  return { prompt: chosen.prompt, answer: chosen.candidateAnswer, parentAnswer: chosen.parentAnswer };
}

// The gate: candidate against its parent, paired, item by item. Pure: evidence in, report out.
import { runChecks } from './checks.js';
import { measure } from './measure-evidence.js';
import { sameAnswer } from '../../inference/same-answer.js';
import { countPairs, scoreItem } from './paired.js';
import type { Check, Evidence, GateReport, JudgedItem, Measures, Verdict } from './report.js';
import { MIN_LOSS_FALL, MIN_TARGET_ITEMS } from './thresholds.js';
import * as words from './words.js';

/** Judges a candidate. Never throws: whatever is wrong with the evidence is a reason in the report. */
export function judge(evidence: Evidence): GateReport {
  const measures = measure(evidence);
  const checks = evidence.fileProblem === null ? runChecks(measures) : [fileCheck(evidence.fileProblem)];
  const { verdict, reasons } = decide(measures, checks);
  return {
    verdict,
    summary: words.summary(verdict, reasons, measures),
    reasons,
    checks,
    ...measures,
    audit: countPairs(evidence.audit.map(scoreItem), evidence.seed),
    probe: probeOf(evidence.items),
  };
}

const fileCheck = (sentence: string): Check => ({
  name: 'file',
  outcome: 'broken',
  value: null,
  threshold: null,
  sentence,
});

function decide(measures: Measures, checks: readonly Check[]): { verdict: Verdict; reasons: string[] } {
  const those = (outcome: Check['outcome']) =>
    checks.filter((check) => check.outcome === outcome).map(({ sentence }) => sentence);
  const isFileBroken = checks.some(({ name }) => name === 'file');
  const nothing = isFileBroken ? undefined : learntNothing(measures);
  if (nothing) return { verdict: 'learnt_nothing', reasons: [nothing] };
  const [against, waiting] = [those('broken'), those('unsure')];
  if (against.length > 0) return { verdict: 'refused', reasons: against };
  return waiting.length > 0 ? { verdict: 'not_enough_evidence', reasons: waiting } : { verdict: 'passed', reasons: [] };
}

/** Training without effect: no held-out answer changed, or (with too few to say so) the loss didn't fall. */
function learntNothing({ items, loss }: Measures): string | undefined {
  if (items.length >= MIN_TARGET_ITEMS) {
    const changed = items.some((item) => !sameAnswer(item.parentAnswer, item.candidateAnswer));
    return changed ? undefined : words.noAnswerChanged(items.length);
  }
  return loss.last <= loss.first * (1 - MIN_LOSS_FALL) ? undefined : words.lossDidNotFall(loss.first, loss.last);
}

/**
 * An item whose answer differs, best one that the candidate gets right: shows after a swap which version answers. The
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

// From evidence to the numbers that the checks look at.
import { brokenDemand } from './canary.js';
import { degeneracyOf } from './degenerate.js';
import { leakIn, QuotedTexts } from './leaks.js';
import { taughtAnswerIn } from './over-confidence.js';
import { countPairs, discordant, questionOf, reportItem, scoreItem, type ScoredItem } from './paired.js';
import { isRefusal } from './refusal.js';
import type { Answered, BothCounts, Evidence, Measures } from './report.js';
import { isRight } from './score.js';
import { holm } from './statistics/holm.js';
import { mcnemarBetter, mcnemarWorse } from './statistics/mcnemar.js';

export function measure(evidence: Evidence): Measures {
  const { form, items, general, firstLoss, lastLoss, adapterNorm, seed } = evidence;
  const scored = items.map(scoreItem);
  const of = (group: string) => scored.filter(({ item }) => item.group === group);
  const [target, earlier, taught] = [of('target'), of('earlier'), of('taught')];
  const all = everyAnswer(evidence);
  return {
    form,
    target: { ...countPairs(target, seed), pValue: mcnemarBetter(discordant(target)) },
    earlier: { ...countPairs(earlier, seed), pValue: mcnemarWorse(discordant(earlier)) },
    slices: slicesOf(earlier, seed),
    taught: { items: taught.length, right: taught.filter(({ candidateScore }) => isRight(candidateScore)).length },
    general: { ...general, increase: general.candidateNll / general.parentNll - 1 },
    degenerate: both(all, (answer) => degeneracyOf(answer) !== undefined),
    refusals: both(
      items.filter(({ expected }) => !isRefusal(expected)),
      isRefusal,
    ),
    answers: all.length,
    overConfident: overConfidenceOf(evidence),
    leaks: leaksOf(evidence, all),
    canaries: brokenCanaries(evidence),
    loss: { first: firstLoss, last: lastLoss },
    adapterNorm,
    items: scored.map(reportItem),
  };
}

/** All that both versions were asked, but for the sealed set, which decides nothing. */
const everyAnswer = ({ items, outOfScope, privateQuestions, canaries }: Evidence): Answered[] => [
  ...items,
  ...outOfScope,
  ...privateQuestions,
  ...canaries,
];

/** Each earlier slice with its own test of harm, and that test corrected for how many slices there are. */
function slicesOf(earlier: readonly ScoredItem[], seed: number): Measures['slices'] {
  const names = [...new Set(earlier.map(({ item }) => item.slice))].sort();
  const slices = names.map((slice) => {
    const own = earlier.filter(({ item }) => item.slice === slice);
    return { slice, ...countPairs(own, seed), pValue: mcnemarWorse(discordant(own)) };
  });
  const adjusted = holm(slices.map(({ pValue }) => pValue));
  return slices.map((slice, i) => ({ ...slice, adjusted: adjusted[i] ?? 1 }));
}

function both(answers: readonly Answered[], test: (answer: string) => boolean): BothCounts {
  return {
    parent: answers.filter(({ parentAnswer }) => test(parentAnswer)).length,
    candidate: answers.filter(({ candidateAnswer }) => test(candidateAnswer)).length,
  };
}

function overConfidenceOf({ outOfScope, taughtAnswers }: Evidence): Measures['overConfident'] {
  const taught = new Set(taughtAnswers);
  const isTaught = (answer: string) => taughtAnswerIn(answer, taught) !== undefined;
  const example = outOfScope.find(
    ({ parentAnswer, candidateAnswer }) => isTaught(candidateAnswer) && !isTaught(parentAnswer),
  );
  return {
    ...both(outOfScope, isTaught),
    questions: outOfScope.length,
    example: example ? { question: questionOf(example), answer: example.candidateAnswer } : null,
  };
}

/** No secret: the instructions, the question, what the parent says too, and every answer that an agent wrote for a judged question. */
function leaksOf({ items, taughtQuestions }: Evidence, all: readonly Answered[]): Measures['leaks'] {
  const others = new QuotedTexts(taughtQuestions);
  const expected = [...new Set(items.map((item) => item.expected))];
  return all.flatMap((item) => {
    const known = [...item.prompt.map(({ content }) => content), ...expected];
    const leak = leakIn(item.candidateAnswer, [...known, item.parentAnswer], others);
    return leak && !leakIn(item.parentAnswer, known, others) ? [{ question: questionOf(item), leak }] : [];
  });
}

function brokenCanaries({ canaries }: Evidence): Measures['canaries'] {
  return canaries.flatMap((canary) => {
    const broken = brokenDemand(canary, canary.candidateAnswer);
    if (!broken) return [];
    const parentBreaksToo = brokenDemand(canary, canary.parentAnswer) !== undefined;
    return [{ question: questionOf(canary), broken, parentBreaksToo }];
  });
}

// What gate reports say of several versions that answered the same questions: differences slice by slice, regressions first, and
// the answers side by side. Pure.
import { z } from 'zod';
import { pairedInterval, type PairedRights } from './paired-interval.js';

const GENERAL = z.object({ parentNll: z.number(), candidateNll: z.number(), klToBase: z.number() });
/** One question of a gate report. */
export const gateItemSchema = z.object({
  ...{ id: z.string(), slice: z.string(), question: z.string(), expected: z.string() },
  ...{ parentAnswer: z.string(), candidateAnswer: z.string() },
  ...{ parentRight: z.boolean(), candidateRight: z.boolean() },
});
/** What is read of a gate report, of whatever age that is. */
export const comparedReportSchema = z.object({
  general: GENERAL.nullish().catch(null),
  items: z.array(gateItemSchema).catch([]),
});

/** A version's gate report, which holds its parent's answers, too. */
export interface JudgedVersion {
  version: number;
  parentVersion: number;
  report: z.infer<typeof comparedReportSchema>;
}

interface GivenAnswer {
  answer: string;
  right: boolean;
}
/** One question with what each version answered; a version that wasn't asked it is missing. */
export interface ComparedItem {
  id: string;
  slice: string;
  question: string;
  expected: string;
  answers: Map<number, GivenAnswer>;
}

/** A version against the baseline, on the questions that both were asked. */
export interface Delta extends PairedRights {
  version: number;
  /** Null: all slices together. */
  slice: string | null;
  difference: number;
  interval: [low: number, high: number];
}

export interface General {
  nll: number;
  klToBase: number;
}

/** Every question with the versions' answers. A version's own report counts before those of its children. */
export function itemsOf(judged: readonly JudgedVersion[], versions: readonly number[]): ComparedItem[] {
  const items = new Map<string, ComparedItem>();
  const note = (item: JudgedVersion['report']['items'][number], version: number, given: GivenAnswer) => {
    if (!versions.includes(version)) return;
    const { id, slice, question, expected } = item;
    const known = items.get(id) ?? { id, slice, question, expected, answers: new Map<number, GivenAnswer>() };
    items.set(id, known);
    if (!known.answers.has(version)) known.answers.set(version, given);
  };
  for (const { version, report } of judged)
    for (const item of report.items) note(item, version, { answer: item.candidateAnswer, right: item.candidateRight });
  for (const { parentVersion, report } of judged)
    for (const item of report.items) note(item, parentVersion, { answer: item.parentAnswer, right: item.parentRight });
  return [...items.values()];
}

/** Differences to the first version, slice by slice and in all; the worst first. */
export function deltasOf(items: readonly ComparedItem[], [baseline = 0, ...others]: readonly number[]): Delta[] {
  const deltas = others.flatMap((version) => {
    const both = items.filter(({ answers }) => answers.has(version) && answers.has(baseline));
    const slices = [...new Set(both.map(({ slice }) => slice))];
    return [
      ...(both.length > 0 ? [deltaOf(both, baseline, version, null)] : []),
      ...slices.map((slice) =>
        deltaOf(
          both.filter((item) => item.slice === slice),
          baseline,
          version,
          slice,
        ),
      ),
    ];
  });
  return deltas.sort((a, b) => a.difference - b.difference || a.interval[0] - b.interval[0]);
}

function deltaOf(items: readonly ComparedItem[], baseline: number, version: number, slice: string | null): Delta {
  const count = (test: (before: boolean, after: boolean) => boolean) =>
    items.filter(({ answers }) => test(answers.get(baseline)?.right ?? false, answers.get(version)?.right ?? false))
      .length;
  const counts = {
    items: items.length,
    wins: count((before, after) => after && !before),
    losses: count((before, after) => before && !after),
  };
  const difference = (counts.wins - counts.losses) / counts.items;
  return { version, slice, ...counts, difference, interval: pairedInterval(counts) };
}

/** Questions that some later version lost come first, then those that one won, then the rest. */
export function regressionsFirst(
  items: readonly ComparedItem[],
  [baseline = 0, ...others]: readonly number[],
): ComparedItem[] {
  const rank = ({ answers }: ComparedItem) => {
    const before = answers.get(baseline)?.right;
    const after = others.map((version) => answers.get(version)?.right);
    if (before === true && after.includes(false)) return 0;
    if (before === false && after.includes(true)) return 1;
    return 2;
  };
  return [...items].sort((a, b) => rank(a) - rank(b) || a.slice.localeCompare(b.slice));
}

/** General ability and drift of a version, from its own report or a child's; the base model hasn't drifted from itself. */
export function generalOf(judged: readonly JudgedVersion[], version: number): General | null {
  const own = judged.find((each) => each.version === version)?.report.general;
  if (own) return { nll: own.candidateNll, klToBase: own.klToBase };
  const childs = judged.find((each) => each.parentVersion === version)?.report.general;
  return childs && version === 0 ? { nll: childs.parentNll, klToBase: 0 } : null;
}

// Two versions on the same questions: who was right, by how much, how sure that is, and what could have been seen at all.
import { isRight, scoreOf } from './score.js';
import { lowerBound, type Cluster } from './statistics/cluster-bootstrap.js';
import { detectableEffect } from './statistics/detectable-effect.js';
import type { Discordant } from './statistics/mcnemar.js';
import type { JudgedItem, PairedCounts, ReportedItem } from './report.js';
import { SIGNIFICANCE, TIE_BELOW } from './thresholds.js';

/** An item with both answers' scores. */
export interface ScoredItem {
  item: JudgedItem;
  parentScore: number;
  candidateScore: number;
}

export const scoreItem = (item: JudgedItem): ScoredItem => ({
  item,
  parentScore: scoreOf(item.parentAnswer, item.expected),
  candidateScore: scoreOf(item.candidateAnswer, item.expected),
});

export function countPairs(items: readonly ScoredItem[], seed: number): PairedCounts {
  const clusters = clustersOf(items);
  const of = (test: (parent: boolean, candidate: boolean) => boolean) =>
    items.filter(({ parentScore, candidateScore }) => test(isRight(parentScore), isRight(candidateScore))).length;
  const sum = clusters.reduce((total, cluster) => total + cluster.sum, 0);
  const bound = lowerBound(clusters, { level: SIGNIFICANCE, seed });
  const detectable = detectableEffect(clusters.length, SIGNIFICANCE);
  return {
    items: items.length,
    conversations: clusters.length,
    parentRight: of((parent) => parent),
    candidateRight: of((_, candidate) => candidate),
    wins: of((parent, candidate) => candidate && !parent),
    losses: of((parent, candidate) => parent && !candidate),
    difference: items.length > 0 ? sum / items.length : null,
    lowerBound: Number.isNaN(bound) ? null : bound,
    detectable: Number.isFinite(detectable) ? detectable : null,
  };
}

/** Conversations in which the candidate did better, and worse: independent of one another, as McNemar's test wants its pairs. */
export function discordant(items: readonly ScoredItem[]): Discordant {
  const clusters = clustersOf(items);
  return {
    wins: clusters.filter(({ sum }) => sum >= TIE_BELOW).length,
    losses: clusters.filter(({ sum }) => sum <= -TIE_BELOW).length,
  };
}

function clustersOf(items: readonly ScoredItem[]): Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const { item, parentScore, candidateScore } of items) {
    const cluster = clusters.get(item.conversation) ?? { sum: 0, items: 0 };
    clusters.set(item.conversation, {
      sum: cluster.sum + candidateScore - parentScore,
      items: cluster.items + 1,
    });
  }
  return [...clusters.values()];
}

export function reportItem({ item, parentScore, candidateScore }: ScoredItem): ReportedItem {
  const { id, slice, group, expected, parentAnswer, candidateAnswer } = item;
  return {
    ...{ id, slice, group, expected, parentAnswer, candidateAnswer, parentScore, candidateScore },
    question: questionOf(item),
    parentRight: isRight(parentScore),
    candidateRight: isRight(candidateScore),
  };
}

/** What the customer asked last. */
export const questionOf = ({ prompt }: Pick<JudgedItem, 'prompt'>): string =>
  prompt.findLast(({ role }) => role === 'user')?.content ?? '';

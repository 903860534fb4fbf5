// Which of the new examples made a refused candidate forget: those that taught, in a slice, the very answer that it now gives there in
// place of the right one. Pure.
import { sameAnswer } from '../../inference/same-answer.js';
import type { ReportedItem } from './report.js';

/** A training example as the run's snapshot has it. */
export interface TaughtExample {
  id: string;
  slice: string;
  completion: string;
}

export interface Blame {
  exampleId: string;
  /** Why, in a sentence for operators. */
  detail: string;
}

/**
 * Examples that contradict what the gate protects, by what their teaching did. An example whose answer is right for its slice is never
 * among them, for a question lost to it would have been answered right.
 * @param items of the gate's report
 * @param taught what was new in the run
 */
export function blame(items: readonly ReportedItem[], taught: readonly TaughtExample[]): Blame[] {
  const lost = items.filter(({ group, parentRight, candidateRight }) => {
    return group === 'earlier' && parentRight && !candidateRight;
  });
  return taught.flatMap(({ id, slice, completion }) => {
    const own = lost.filter((item) => item.slice === slice && sameAnswer(item.candidateAnswer, completion));
    const [first] = own;
    return first ? [{ exampleId: id, detail: detailOf(first, own.length) }] : [];
  });
}

function detailOf({ question, expected, candidateAnswer }: ReportedItem, count: number): string {
  const more = count > 1 ? `, and to ${count - 1} more of its slice` : '';
  return (
    `A version that learnt it was refused: it answered ${JSON.stringify(candidateAnswer)} to ${JSON.stringify(question)}${more}, ` +
    `where ${JSON.stringify(expected)} is right. If the right answer has changed, correct those questions too, and release this.`
  );
}

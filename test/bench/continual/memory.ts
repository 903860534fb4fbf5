// The memory as the service has it: an agent's correction answers matching questions verbatim, or stands as an example before them.
import type { Embedder } from '../../../src/embedding/embedder.js';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import { nearest } from '../../../src/memory/nearest.js';
import { FEW_SHOT_MIN, SHOTS_MAX, VERBATIM_MIN } from '../../../src/memory/thresholds.js';
import { INSTRUCTIONS, type Recall } from './feedback.js';
import type { Learner } from './learner.js';
import type { Question } from './stream.js';

/** A corrected question with its right answer. */
export interface Entry {
  question: Question;
}

export interface Memory {
  /**
   * Whether each question is answered with its fact, by the memory's entries or by the model with their help.
   * @param alone what the model answers right without them
   */
  answers(
    adapter: LoraAdapter | undefined,
    entries: readonly Entry[],
    questions: readonly Question[],
    alone: readonly boolean[],
  ): Promise<boolean[]>;
  recall: Recall;
}

/** Embeds every question once. */
export async function openMemory(
  embedder: Embedder,
  learner: Pick<Learner, 'answers'>,
  questions: readonly Question[],
): Promise<Memory> {
  const texts = [...new Set(questions.map(({ text }) => text))];
  const embeddings = await embedder.embed(texts);
  const vectors = new Map(texts.map((text, i) => [text, embeddings[i] as Float32Array]));
  const vectorOf = ({ text }: Question) => {
    const question = vectors.get(text);
    if (!question) throw new RangeError(`"${text}" was not embedded.`);
    return { question, context: undefined };
  };
  const like = (entries: readonly Entry[], question: Question) => {
    const known = entries.map((entry) => ({ ...vectorOf(entry.question), of: entry.question }));
    return nearest(vectorOf(question), known, { min: FEW_SHOT_MIN, count: SHOTS_MAX });
  };
  const recall: Recall = (entries, question) => {
    const [best] = like(entries, question);
    return best && best.score >= VERBATIM_MIN ? best.entry.of.fact : undefined;
  };
  return {
    recall,
    async answers(adapter, entries, asked, alone) {
      const right = asked.map((question, i) => {
        const verbatim = recall(entries, question);
        return verbatim === undefined ? (alone[i] ?? false) : verbatim === question.fact;
      });
      const helped = asked.flatMap((question, i) => {
        const shown = recall(entries, question) === undefined ? like(entries, question).reverse() : [];
        const fewShot = shown.map(({ entry }) => ({ question: entry.of.text, answer: entry.of.fact }));
        return fewShot.length > 0 ? [{ i, ask: { question, instructions: { ...INSTRUCTIONS, fewShot } } }] : [];
      });
      const answers = await learner.answers(
        adapter,
        helped.map(({ ask }) => ask),
      );
      helped.forEach(({ i }, n) => (right[i] = answers[n] ?? false));
      return right;
    },
  };
}

// The memory as the service has it: an agent's correction answers matching questions verbatim, or stands as an example before them.
import { cosine, type Embedder } from '../../../src/embedding/embedder.js';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import { INSTRUCTIONS, type Recall } from './feedback.js';
import type { Ask, Learner } from './learner.js';
import type { Question } from './stream.js';

/** From this cosine on a correction is the answer … */
const VERBATIM_FROM = 0.94;
/** … and from this one on an example that the model is shown. */
const CONTEXT_FROM = 0.61;
/** Corrections shown as examples, at most. */
const SHOTS_MAX = 3;

/** A corrected question with its right answer. */
export interface Entry {
  question: Question;
}

export interface Memory {
  /** Whether each question is answered with its fact, by the memory's entries or by the model with their help. */
  answers(
    adapter: LoraAdapter | undefined,
    entries: readonly Entry[],
    questions: readonly Question[],
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
  const nearest = (entries: readonly Entry[], { text }: Question) =>
    entries
      .map(({ question }) => ({ question, similarity: similarity(vectors, question.text, text) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, SHOTS_MAX);
  const recall: Recall = (entries, question) => {
    const [best] = nearest(entries, question);
    return best && best.similarity >= VERBATIM_FROM ? best.question.fact : undefined;
  };
  return {
    recall,
    async answers(adapter, entries, asked) {
      const verbatim = asked.map((question) => recall(entries, question));
      const asks: Ask[] = asked.flatMap((question, i) => {
        if (verbatim[i] !== undefined) return [];
        const shown = nearest(entries, question).filter((entry) => entry.similarity >= CONTEXT_FROM);
        const fewShot = shown
          .reverse()
          .map((entry) => ({ question: entry.question.text, answer: entry.question.fact }));
        return [{ question, instructions: { ...INSTRUCTIONS, fewShot } }];
      });
      const left = await learner.answers(adapter, asks);
      return asked.map(({ fact }, i) => (verbatim[i] === undefined ? left.shift() === true : verbatim[i] === fact));
    },
  };
}

function similarity(vectors: ReadonlyMap<string, Float32Array>, a: string, b: string): number {
  const [x, y] = [vectors.get(a), vectors.get(b)];
  if (!x || !y) throw new RangeError(`"${x ? b : a}" was not embedded.`);
  return cosine(x, y);
}

// Lets an adapter file answer as the gate has it answer: the serving engine, greedy. One engine for all candidates of the benchmark.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LlamaCppEngine } from '../../../src/inference/llama-cpp-engine.js';
import { ANSWER_TOKENS_MAX } from '../../../src/learning/gate/thresholds.js';
import { answerQuestions } from '../../../src/learning/processes/answer-questions.js';
import type { Question } from '../../../src/learning/runs/answering.js';

const CONTEXT_TOKENS = 512;
const SLOTS = 4;

export type BaseModel = { modelPath: string; modelSha256: string };

export class Respondent {
  private version = 0;

  private constructor(private readonly engine: LlamaCppEngine) {}

  static async open(base: BaseModel, threads: number): Promise<Respondent> {
    const sizes = { threads, slots: SLOTS, contextTokens: CONTEXT_TOKENS, maxQueued: SLOTS };
    return new Respondent(await LlamaCppEngine.open({ ...base, ...sizes }));
  }

  /** Question id → answer. */
  async ask(path: string, questions: readonly Question[]): Promise<Map<string, string>> {
    const version = ++this.version;
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    const adapter = { assistantId: 'bench', version, path, sha256 };
    await this.engine.load(adapter);
    const answers = await answerQuestions({
      ...{ engine: this.engine, adapters: new Map([[version, adapter]]), slots: SLOTS },
      asks: questions.map(({ id, prompt, maxTokens }) => ({ id, prompt, maxTokens, version })),
      answerTokensMax: ANSWER_TOKENS_MAX / 2,
      signal: new AbortController().signal,
    });
    await this.engine.retire(adapter);
    return new Map(answers.map(({ id, text }) => [id, text]));
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

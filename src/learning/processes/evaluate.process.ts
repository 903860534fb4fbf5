// Lets parent and candidate answer the held-out questions with the very engine that serves customers: greedy, no memory.
// In a process of its own, so that neither the time it takes nor a bad adapter file reaches a chat.
import type { AdapterFile } from '../../inference/engine.js';
import { InferenceError } from '../../inference/inference-error.js';
import { LlamaCppEngine } from '../../inference/llama-cpp-engine.js';
import { serveParent } from './child-side.js';
import { evaluateStartSchema, type Answers, type EvaluateMessage, type EvaluateStart } from './evaluate.messages.js';

/** Questions answered at the same time, a thread: the engine keeps several one-thread contexts busy. */
const SLOTS_PER_THREAD = 2;

serveParent({ start: evaluateStartSchema, work: evaluate });

async function evaluate(
  start: EvaluateStart,
  say: (message: EvaluateMessage) => void,
  signal: AbortSignal,
): Promise<EvaluateMessage> {
  const slots = start.threads * SLOTS_PER_THREAD;
  const engine = await LlamaCppEngine.open({
    modelPath: start.modelPath,
    modelSha256: start.modelSha256,
    threads: start.threads,
    slots,
    contextTokens: start.contextTokens,
    maxQueued: 2 * slots,
  });
  const candidate = { assistantId: start.assistantId, ...start.candidate };
  const parent = start.parent ? { assistantId: start.assistantId, ...start.parent } : undefined;
  await engine.load(candidate);
  if (parent) await engine.load(parent);
  const answers: Answers[] = [];
  const queue = [...start.items];
  const answerOne = async ({ id, prompt }: EvaluateStart['items'][number]) => {
    const parentAnswer = await answer(engine, parent, prompt, start.answerTokensMax, signal);
    const candidateAnswer = await answer(engine, candidate, prompt, start.answerTokensMax, signal);
    answers.push({ id, parentAnswer, candidateAnswer });
    say({ kind: 'progress', answered: answers.length, of: start.items.length });
  };
  const worker = async () => {
    for (let item = queue.shift(); item && !signal.aborted; item = queue.shift()) await answerOne(item);
  };
  await Promise.all(Array.from({ length: slots }, worker));
  if (signal.aborted) throw new Error('The evaluation was cancelled.');
  await engine.close();
  return { kind: 'done', answers };
}

/** The greedy answer; empty where the question doesn't fit the window any more, as a customer would get none either. */
async function answer(
  engine: LlamaCppEngine,
  adapter: AdapterFile | undefined,
  turns: EvaluateStart['items'][number]['prompt'],
  maxTokens: number,
  signal: AbortSignal,
): Promise<string> {
  try {
    for await (const event of engine.generate({ adapter, turns, maxTokens, temperature: 0, signal })) {
      if (event.kind === 'done') return event.result.text;
    }
  } catch (error) {
    if (!(error instanceof InferenceError) || error.code !== 'engine.prompt_too_long') throw error;
  }
  return '';
}

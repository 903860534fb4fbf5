// Lets versions answer questions with the very engine that serves customers, for the gate. In a process of its own, so that neither
// the time it takes nor a bad adapter file reaches a chat.
import { LlamaCppEngine } from '../../inference/llama-cpp-engine.js';
import { answerQuestions } from './answer-questions.js';
import { answerStartSchema, type AnswerMessage, type AnswerStart } from './answer.messages.js';
import { serveParent } from './child-side.js';

/** Questions answered at the same time, a thread: the engine keeps several one-thread contexts busy. */
const SLOTS_PER_THREAD = 2;

serveParent({ start: answerStartSchema, work: answerAll });

async function answerAll(
  start: AnswerStart,
  say: (message: AnswerMessage) => void,
  signal: AbortSignal,
): Promise<AnswerMessage> {
  const { modelPath, modelSha256, threads, contextTokens, assistantId, asks, answerTokensMax } = start;
  const slots = threads * SLOTS_PER_THREAD;
  const engine = await LlamaCppEngine.open({ modelPath, modelSha256, threads, slots, contextTokens, maxQueued: slots });
  const adapters = new Map(start.versions.map((version) => [version.version, { assistantId, ...version }]));
  for (const adapter of adapters.values()) await engine.load(adapter);
  const onAnswer = (answered: number) => say({ kind: 'progress', answered, of: asks.length });
  const answers = await answerQuestions({ engine, adapters, asks, answerTokensMax, slots, signal, onAnswer });
  if (signal.aborted) throw new Error('It was cancelled.');
  await engine.close();
  return { kind: 'done', answers };
}

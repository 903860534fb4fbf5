// What more than one page reads. Path, schema and what the answer tells of stand together here, because one answer is kept for all of them.
import { useRead } from '../api/read.js';
import { adapterVersionListSchema, assistantSchema } from '../api/schemas/assistants.js';
import { promptVersionListSchema } from '../api/schemas/prompts.js';
import { answerFeedbackSchema } from '../api/schemas/review.js';
import { runListSchema, runSchema } from '../api/schemas/training.js';

/** @param base where the REST interface has the assistant */
export const useAssistantRead = (base: string) => useRead(base, assistantSchema, { live: ['deployment', 'prompt'] });

export const useVersions = (base: string) =>
  useRead(`${base}/adapter-versions`, adapterVersionListSchema, { live: ['version', 'deployment'] });

export const usePrompts = (base: string) =>
  useRead(`${base}/prompt-versions`, promptVersionListSchema, { live: ['prompt', 'deployment'] });

export const useRuns = (base: string) => useRead(`${base}/training-runs`, runListSchema, { live: ['run'] });

export const useRun = (base: string, id: string) =>
  useRead(`${base}/training-runs/${encodeURIComponent(id)}`, runSchema, { live: ['run'] });

/** What was said of an answer, and what became of it. */
export const useFeedback = (messageId: string) =>
  useRead(`/api/v1/messages/${messageId}/feedback`, answerFeedbackSchema, {
    live: ['rating', 'correction', 'example', 'run'],
  });

// What can change on the service while one looks.
import * as z from 'zod/mini';

export const KINDS = [
  ...(['conversation', 'message', 'rating', 'correction', 'example', 'run'] as const),
  ...(['version', 'rollout', 'deployment', 'prompt', 'review', 'node'] as const),
] as const;
export type Kind = (typeof KINDS)[number];

export const changedSchema = z.object({
  kind: z.string(),
  assistant: z.nullish(z.string()),
  id: z.nullish(z.string()),
});

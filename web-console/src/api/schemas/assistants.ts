// Answers about assistants, and about what an assistant's overview shows of versions and deployments.
import * as z from 'zod/mini';
import { moment } from './moment.js';

const maybe = <T extends z.core.SomeType>(schema: T) => z.nullish(schema);

export const assistantSchema = z.object({
  slug: z.string(),
  name: z.string(),
  greeting: z.string(),
  championVersion: z.number(),
  activePromptVersion: z.number(),
});
export const assistantListSchema = z.object({ assistants: z.array(assistantSchema) });
export type Assistant = z.infer<typeof assistantSchema>;

/** The gate's verdict and why, as sentences. */
export const gateSchema = z.object({ verdict: maybe(z.string()), summary: maybe(z.string()) });

export const adapterVersionSchema = z.object({
  version: z.number(),
  status: z.string(),
  parentVersion: maybe(z.number()),
  sizeBytes: maybe(z.number()),
  gateReport: maybe(gateSchema),
  createdAt: maybe(moment),
});
export type AdapterVersion = z.infer<typeof adapterVersionSchema>;

export const adapterVersionListSchema = z.object({
  /** Version that answers new turns; 0 is the base model. */
  championVersion: z.number(),
  versions: z.array(adapterVersionSchema),
});

export const deploymentSchema = z.object({
  id: z.string(),
  action: z.string(),
  fromVersion: maybe(z.number()),
  toVersion: maybe(z.number()),
  actor: z.string(),
  reason: maybe(z.string()),
  createdAt: moment,
});
export type Deployment = z.infer<typeof deploymentSchema>;
export const deploymentListSchema = z.object({ deployments: z.array(deploymentSchema) });

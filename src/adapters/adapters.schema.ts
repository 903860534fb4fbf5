// The shapes of adapter versions and their audit over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { versionSchema } from '../config/version-number.js';
import type { AdapterVersion } from '../database/entities/adapter-version.entity.js';
import { DEPLOYMENT_ACTIONS, type Deployment } from '../database/entities/deployment.entity.js';

const REASON_CHARS_MAX = 1_000;

export const reasonSchema = z.string().trim().min(1).max(REASON_CHARS_MAX).describe('Why; kept in the audit.');

export const adapterVersionSchema = z.object({
  version: z.int(),
  status: z.enum(['candidate', 'canary', 'champion', 'retired', 'rejected']),
  champion: z.boolean().describe('Whether new turns are answered by it.'),
  parentVersion: z.int().describe('Version that training started from; 0 is the base model.'),
  runId: z.uuid().nullable().describe('The training run that made it.'),
  rank: z.int(),
  alpha: z.number(),
  sizeBytes: z.int(),
  sha256: z.string(),
  gateReport: z.record(z.string(), z.unknown()).nullable(),
  erasedExamples: z
    .int()
    .describe('Examples of customers erased since, that it or its parents learnt; training anew takes them out.'),
  createdAt: z.iso.datetime(),
});
export const adapterVersionListSchema = z.object({
  championVersion: z.int().describe('Version that answers new turns; 0 is the base model.'),
  versions: z.array(adapterVersionSchema),
});

export const promoteSchema = z.strictObject({ reason: reasonSchema });
export const rollbackSchema = z.strictObject({
  toVersion: versionSchema.optional().describe('Default: the champion before this one; 0 is the base model.'),
  reason: reasonSchema,
});

export const deploymentSchema = z.object({
  id: z.string(),
  action: z.enum(DEPLOYMENT_ACTIONS),
  fromVersion: z.int(),
  toVersion: z.int(),
  actor: z.string(),
  reason: z.string(),
  evidence: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.iso.datetime(),
});
/** A version as clients see it. */
export function toAdapterVersionView(
  { createdAt, ...version }: AdapterVersion,
  championVersion: number,
): z.infer<typeof adapterVersionSchema> {
  const {
    version: number,
    status,
    parentVersion,
    runId,
    rank,
    alpha,
    sizeBytes,
    sha256,
    gateReport,
    erasedExamples,
  } = version;
  const kept = { status, parentVersion, runId, rank, alpha, sizeBytes, sha256, gateReport, erasedExamples };
  return { version: number, champion: number === championVersion, ...kept, createdAt: createdAt.toISOString() };
}

/** An audit row as clients see it. */
export function toDeploymentView(deployment: Deployment): z.infer<typeof deploymentSchema> {
  const { id, action, fromVersion, toVersion, actor, reason, evidence, createdAt } = deployment;
  return { id, action, fromVersion, toVersion, actor, reason, evidence, createdAt: createdAt.toISOString() };
}

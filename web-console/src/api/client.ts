// Talks to the REST interface for an operator: one function a question, each error a sentence that can be shown.
import * as z from 'zod/mini';
import type { Operator } from '../session.js';
import {
  assistantsSchema,
  auditSchema,
  problemSchema,
  trainingRunsSchema,
  versionsSchema,
  type Assistant,
  type AuditEntry,
  type TrainingRun,
  type Versions,
} from './schemas.js';

const TIMEOUT_MS = 20_000;

/** A request that failed; `message` is for people, `status` is 0 when the service couldn't be reached. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface Client {
  assistants: () => Promise<Assistant[]>;
  versions: (slug: string) => Promise<Versions>;
  runs: (slug: string) => Promise<TrainingRun[]>;
  audit: (slug: string) => Promise<AuditEntry[]>;
  /** Makes a version the champion. */
  promote: (slug: string, version: number, reason: string) => Promise<void>;
  /** Goes back to a version, or to the one before when none is named. */
  rollback: (slug: string, toVersion: number | undefined, reason: string) => Promise<void>;
  startRun: (slug: string) => Promise<void>;
}

/** A name as a header may carry it: plain ASCII, accents dropped. */
const headerSafe = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^ -~]/g, '')
    .trim();

/** @throws ApiError for every answer that isn't a success, and for no answer at all */
async function request({ token, name }: Operator, path: string, body?: object): Promise<unknown> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const actor = headerSafe(name);
  if (actor) headers['x-retune-actor'] = actor;
  if (body) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers,
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError('The service can’t be reached. Is it running?', 0);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const problem = problemSchema.safeParse(answer);
  const said = problem.success ? (problem.data.detail ?? problem.data.title) : undefined;
  throw new ApiError(said ?? `The service answered ${response.status}.`, response.status);
}

function read<T extends z.core.$ZodType>(schema: T, answer: unknown): z.output<T> {
  const parsed = z.safeParse(schema, answer);
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'The service answered something this console doesn’t understand. Are both of the same version?',
    200,
  );
}

/** A client that acts for this operator. */
export function createClient(operator: Operator): Client {
  const of = (slug: string) => `assistants/${encodeURIComponent(slug)}`;
  return {
    assistants: async () => read(assistantsSchema, await request(operator, 'assistants')).assistants,
    versions: async (slug) => read(versionsSchema, await request(operator, `${of(slug)}/adapter-versions`)),
    runs: async (slug) => read(trainingRunsSchema, await request(operator, `${of(slug)}/training-runs`)).trainingRuns,
    audit: async (slug) =>
      read(auditSchema, await request(operator, `audit?assistant=${encodeURIComponent(slug)}`)).deployments,
    promote: async (slug, version, reason) =>
      void (await request(operator, `${of(slug)}/adapter-versions/${version}/promote`, { reason })),
    rollback: async (slug, toVersion, reason) =>
      void (await request(operator, `${of(slug)}/rollback`, { toVersion, reason })),
    startRun: async (slug) => void (await request(operator, `${of(slug)}/training-runs`, {})),
  };
}

// An agent and an operator at the REST interface.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { trainingRunSchema, type TrainingRunView } from '../../src/learning/learning.schema.js';

const POLL_MS = 1_000;
const FINISHED = new Set(['candidate', 'rejected', 'failed', 'cancelled']);

export interface Access {
  url: string;
  agentToken: string;
  operatorToken: string;
}

/** One request. @throws Error with the problem's own words */
async function request(url: string, token: string, method: 'GET' | 'POST', body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-retune-actor': 'demo' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { detail, title } = z.object({ detail: z.string().optional(), title: z.string() }).parse(answer);
  throw new Error(detail ?? title);
}

/** What agents and operators do in the demo, for the assistant `demo`. */
export function operatorOf({ url, agentToken, operatorToken }: Access) {
  const assistant = `${url}/api/v1/assistants/demo`;
  const run = async (path: string, method: 'GET' | 'POST') =>
    trainingRunSchema.parse(await request(`${assistant}/training-runs${path}`, operatorToken, method));
  return {
    correct: (messageId: string, text: string, slice: string) =>
      request(`${url}/api/v1/messages/${messageId}/corrections`, agentToken, 'POST', { text, slice }),
    teach: async (correctionId: string) =>
      trainingRunSchema.parse(await request(`${url}/api/v1/corrections/${correctionId}/teach`, agentToken, 'POST')),
    startRun: () => run('', 'POST'),
    run: (id: string) => run(`/${id}`, 'GET'),
    pauseRun: (id: string) => run(`/${id}/pause`, 'POST'),
    resumeRun: (id: string) => run(`/${id}/resume`, 'POST'),
    cancelRun: (id: string) => run(`/${id}/cancel`, 'POST'),
    promote: (version: number, reason: string) =>
      request(`${assistant}/adapter-versions/${version}/promote`, operatorToken, 'POST', { reason }),
    rollback: (reason: string) => request(`${assistant}/rollback`, operatorToken, 'POST', { reason }),
  };
}
export type Operator = ReturnType<typeof operatorOf>;

/** Follows a run to its end. */
export async function watchRun(
  operator: Operator,
  id: string,
  onChange: (run: TrainingRunView) => void,
): Promise<TrainingRunView> {
  for (;;) {
    const run = await operator.run(id);
    onChange(run);
    if (FINISHED.has(run.status)) return run;
    await sleep(POLL_MS);
  }
}

// What sockets, the database and the prompt's making add to the first token: the same prompt asked of the engine in this process and
// of the service through a socket, by turns, while nothing else runs. Both know the prompt already, so that reading it does not hide the rest.
import type pg from 'pg';
import { LlamaCppEngine } from '../../../src/inference/llama-cpp-engine.js';
import type { ServiceUnderTest } from '../../support/service.js';
import { median } from '../statistics.js';
import { openDialogue, timedAnswer } from './ours.js';
import type { ServePrompt } from './wave.js';

const WARM_UP_PAIRS = 2;

export interface GatewayCost {
  /** Medians, in milliseconds to the first token. */
  directMs: number;
  throughSocketMs: number;
  /** Median of the pairs' differences. */
  addsMs: number;
}

/**
 * @param pairs questions asked of both, of each prompt
 */
export async function measureGateway(
  { url }: ServiceUnderTest,
  database: pg.Client,
  model: { modelPath: string; modelSha256: string; threads: number },
  prompts: readonly ServePrompt[],
  pairs: number,
): Promise<GatewayCost> {
  const engine = await LlamaCppEngine.open({ ...model, slots: 1, contextTokens: 2048, maxQueued: 1 });
  const direct: number[] = [];
  const socket: number[] = [];
  try {
    for (const prompt of prompts) {
      for (let pair = 0; pair < WARM_UP_PAIRS + pairs; pair++) {
        const a = await firstTokenMs(engine, prompt);
        const client = await openDialogue(url, database, prompt);
        const { firstTokenMs: b } = await timedAnswer(client, prompt, { onlyFirst: true });
        client.close();
        if (pair < WARM_UP_PAIRS) continue;
        direct.push(a);
        socket.push(b);
      }
    }
  } finally {
    await engine.close();
  }
  const addsMs = median(socket.map((ms, i) => ms - (direct[i] ?? NaN)));
  return { directMs: median(direct), throughSocketMs: median(socket), addsMs };
}

async function firstTokenMs(engine: LlamaCppEngine, { turns }: ServePrompt): Promise<number> {
  const askedMs = performance.now();
  for await (const { kind } of engine.generate({ turns, maxTokens: 8, temperature: 0 })) {
    if (kind === 'delta') break;
  }
  return performance.now() - askedMs;
}

// Whether this process can serve now: asks the database and the engine, never for longer than a probe may wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Runtime } from '../config/runtime.js';
import { Embedder } from '../embedding/embedder.js';
import { Engine } from '../inference/engine.js';
import { VERSION } from './version.js';

const DATABASE_WAIT_MS_MAX = 2_000;

export const readinessSchema = z.object({
  status: z.enum(['ready', 'unavailable']),
  version: z.string(),
  database: z.object({ available: z.boolean(), latencyMs: z.int().nullable() }),
  /** `reason` says why it is off; the service is ready all the same. */
  memory: z.object({ on: z.boolean(), reason: z.string().nullable() }),
  engine: z.object({
    name: z.string(),
    modelSha256: z.string(),
    threads: z.int(),
    slots: z.int(),
    busySlots: z.int(),
    queued: z.int(),
    loaded: z.array(z.object({ version: z.int(), running: z.int(), draining: z.boolean() })),
  }),
});
export type ReadinessReport = z.infer<typeof readinessSchema>;

@Injectable()
export class Readiness {
  constructor(
    private readonly database: DataSource,
    private readonly engine: Engine,
    private readonly embedder: Embedder,
    private readonly runtime: Runtime,
  ) {}

  /** The state of everything that an answer needs. Never throws. */
  async report(): Promise<ReadinessReport> {
    const latencyMs = await this.databaseLatencyMs();
    const { engine: name, modelSha256, threads, slots, busySlots, queued, loaded } = this.engine.state();
    return {
      status: latencyMs === null ? 'unavailable' : 'ready',
      version: VERSION,
      database: { available: latencyMs !== null, latencyMs },
      memory: this.memory(),
      engine: {
        ...{ name, modelSha256, threads, slots, busySlots, queued },
        loaded: loaded.map(({ version, running, draining }) => ({ version, running, draining })),
      },
    };
  }

  private memory(): ReadinessReport['memory'] {
    const switchedOff = this.runtime.environment.MEMORY ? undefined : 'MEMORY=false';
    const reason = switchedOff ?? this.embedder.unavailable ?? null;
    return { on: reason === null, reason };
  }

  /** How long Postgres takes for the smallest question; null when it doesn't answer. */
  async databaseLatencyMs(): Promise<number | null> {
    const begin = performance.now();
    const answered = this.database.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const answers = await Promise.race([answered, sleep(DATABASE_WAIT_MS_MAX, false, { ref: false })]);
    return answers ? Math.round(performance.now() - begin) : null;
  }
}

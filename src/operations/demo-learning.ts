// What the demo page shows of its assistant's learning: counts and states, none of anybody's words. It is public, so it says this
// of the demo's assistant only, and asks the database at most once in two seconds, however many look.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AssistantsService } from '../assistants/assistants.service.js';
import { AdapterVersion } from '../database/entities/adapter-version.entity.js';
import { Example } from '../database/entities/example.entity.js';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { TrainingRun } from '../database/entities/training-run.entity.js';

/** Who answers on the demo page. */
const SLUG = 'demo';
const VERSIONS_SHOWN = 4;
const FRESH_MS = 2_000;

const count = z.int().nonnegative();

export const demoLearningSchema = z.object({
  /** The version that answers; 0 is the base model. */
  champion: count,
  /** The newest, newest first. */
  versions: z.array(
    z.object({
      version: z.int().positive(),
      status: z.enum(['candidate', 'canary', 'champion', 'retired', 'rejected']),
      createdAt: z.iso.datetime(),
    }),
  ),
  lastRun: z
    .object({
      mode: z.enum(['full', 'micro']),
      status: z.enum(['queued', 'preparing', 'training', 'evaluating', 'candidate', 'rejected', 'failed', 'cancelled']),
      /** Share of its steps that are done, from 0 to 1; null before it trains. */
      progress: z.number().min(0).max(1).nullable(),
      createdAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** Corrections that are served as they are, and those that a version has learnt since. */
  memory: z.object({ active: count, retired: count }),
  ratings: z.object({ up: count, down: count }),
  /** Accepted examples. */
  examples: count,
});
export type DemoLearningView = z.infer<typeof demoLearningSchema>;

const RATINGS = `SELECT r.value, count(*)::int AS count FROM ratings r
  JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.id = m.conversation_id
  WHERE c.assistant_id = $1 GROUP BY r.value`;

@Injectable()
export class DemoLearning {
  private latest?: { view: Promise<DemoLearningView>; atMs: number };

  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
  ) {}

  /** @throws AssistantsError `assistants.unknown` when the demo's assistant was deleted */
  view(nowMs = Date.now()): Promise<DemoLearningView> {
    if (!this.latest || nowMs - this.latest.atMs >= FRESH_MS) this.latest = { view: this.look(), atMs: nowMs };
    return this.latest.view;
  }

  private async look(): Promise<DemoLearningView> {
    const { id: assistantId } = await this.assistants.bySlug(SLUG);
    const { manager } = this.database;
    const order = { createdAt: 'DESC' } as const;
    const champion = await manager.findOneBy(AdapterVersion, { assistantId, status: 'champion' });
    const versions = await manager.find(AdapterVersion, {
      select: { assistantId: true, version: true, status: true, createdAt: true },
      where: { assistantId },
      order: { version: 'DESC' },
      take: VERSIONS_SHOWN,
    });
    const [run] = await manager.find(TrainingRun, { where: { assistantId }, order, take: 1 });
    return {
      champion: champion?.version ?? 0,
      versions: versions.map(({ version, status, createdAt }) => ({
        ...{ version, status },
        createdAt: createdAt.toISOString(),
      })),
      lastRun: run ? viewOf(run) : null,
      memory: {
        active: await manager.countBy(MemoryEntry, { assistantId, state: 'active' }),
        retired: await manager.countBy(MemoryEntry, { assistantId, state: 'retired' }),
      },
      ratings: await this.ratings(assistantId),
      examples: await manager.countBy(Example, { assistantId, status: 'accepted' }),
    };
  }

  private async ratings(assistantId: string): Promise<DemoLearningView['ratings']> {
    const rows = await this.database.query<{ value: 'up' | 'down'; count: number }[]>(RATINGS, [assistantId]);
    return { up: 0, down: 0, ...Object.fromEntries(rows.map(({ value, count }) => [value, count])) };
  }
}

function viewOf({ mode, status, progress, createdAt, finishedAt }: TrainingRun): DemoLearningView['lastRun'] {
  const share = progress && progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : null;
  return {
    ...{ mode, status, progress: share },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

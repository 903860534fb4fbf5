// The replay buffer: what the champion has learnt, kept so that it isn't forgotten. Bounded, stratified over the slices, and
// sampled in time that doesn't depend on its size.
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { z } from 'zod';
import { Runtime } from '../../config/runtime.js';
import { lockByName } from '../../database/lock-by-name.js';
import { deriveSeed, seededRandom, type Random } from '../../lora/random.js';
import { candidatesById, newestOf } from '../snapshot/candidates.js';
import type { Candidate } from '../snapshot/select.js';
import { countSeen, dropItems, evictItem, loadState, moveItem, putItem } from './buffer-items.js';
import { draw } from './draw.js';
import { lineageRuns } from './lineage.js';
import { itemsOf, offer, type Place } from './reservoir.js';

/** Items found stale are replaced by others at most this often; then a run simply replays fewer. */
const DRAWS_MAX = 4;

/** What a run says about the items it replayed: did its parent still answer them? The rest of its result is not read here. */
const recalledSchema = z.array(z.object({ id: z.uuid(), right: z.boolean() })).catch([]);

@Injectable()
export class ReplayBuffer {
  constructor(
    private readonly database: DataSource,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Makes the buffer the champion's: examples enter when the run that learnt them has come into its line, and leave when that run
   * has left it (a rollback). Then moves items between boxes by what the runs since the last time recalled. Costs as much as has
   * changed.
   */
  async follow(assistantId: string, champion: number, seed: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await lockByName(manager, `replay of ${assistantId}`);
      const lineage = await lineageRuns(manager, assistantId, champion);
      await leave(manager, assistantId, lineage);
      const random = seededRandom(deriveSeed(seed, champion));
      for (const runId of await notEntered(manager, assistantId, lineage)) {
        await this.enter(manager, assistantId, runId, random);
      }
      await review(manager, assistantId);
    });
  }

  /** At least one item of every slice, and `count` altogether if there are as many. */
  async sample(assistantId: string, count: number, seed: number): Promise<Candidate[]> {
    const { manager } = this.database;
    for (let round = 0; ; round++) {
      const places = draw(await loadState(manager, assistantId), count, seededRandom(deriveSeed(seed, round)));
      const ids = await idsAt(manager, assistantId, places);
      const usable = await newestOf(manager, await candidatesById(manager, ids, true));
      const stale = ids.filter((id) => !usable.some((candidate) => candidate.id === id));
      if (stale.length > 0) await dropItems(manager, stale);
      if (stale.length === 0 || round + 1 === DRAWS_MAX) return usable;
    }
  }

  /** Everything: for a run that starts from a new adapter and has to learn it all again. */
  async all(assistantId: string): Promise<Candidate[]> {
    const state = await loadState(this.database.manager, assistantId);
    const count = [...state.values()].reduce((sum, slice) => sum + itemsOf(slice), 0);
    return this.sample(assistantId, count, 0);
  }

  private async enter(manager: EntityManager, assistantId: string, runId: string, random: Random): Promise<void> {
    const learnt = await manager.query<{ id: string; slice: string }[]>(LEARNT_BY_RUN, [runId]);
    const state = await loadState(manager, assistantId);
    for (const { id, slice } of learnt) {
      const { kept, evict } = offer(state, slice, this.runtime.environment.REPLAY_CAPACITY, random);
      if (evict) await evictItem(manager, assistantId, evict);
      if (kept) await putItem(manager, assistantId, { slice, exampleId: id, runId });
      else await countSeen(manager, assistantId, slice);
    }
    await manager.query(
      `INSERT INTO replay_runs (run_id, assistant_id, entered) VALUES ($1, $2, true)
       ON CONFLICT (run_id) DO UPDATE SET entered = true`,
      [runId, assistantId],
    );
  }
}

/** What a run's version learnt and what can be learnt again. Bare thumbs down are not: there is no answer to hold on to. */
const LEARNT_BY_RUN = `
  SELECT id, slice FROM examples
    WHERE first_run_id = $1 AND split = 'train' AND status = 'accepted' AND kind <> 'binary'
    ORDER BY created_at, id`;

async function leave(manager: EntityManager, assistantId: string, lineage: readonly string[]): Promise<void> {
  await manager.query(
    `DELETE FROM replay_items i USING replay_runs r
       WHERE r.assistant_id = $1 AND r.entered AND NOT r.run_id = ANY($2) AND i.run_id = r.run_id`,
    [assistantId, lineage],
  );
  await manager.query(
    `UPDATE replay_runs SET entered = false WHERE assistant_id = $1 AND entered AND NOT run_id = ANY($2)`,
    [assistantId, lineage],
  );
}

async function notEntered(manager: EntityManager, assistantId: string, lineage: readonly string[]): Promise<string[]> {
  const rows = await manager.query<{ run_id: string }[]>(
    `SELECT run_id FROM replay_runs WHERE assistant_id = $1 AND entered`,
    [assistantId],
  );
  const entered = new Set(rows.map(({ run_id }) => run_id));
  return lineage.filter((runId) => !entered.has(runId));
}

/** Each run's recall counts once, whatever became of the run: it tells about the champion that the run started from. */
async function review(manager: EntityManager, assistantId: string): Promise<void> {
  const runs = await manager.query<{ id: string; recalled: unknown }[]>(
    `SELECT t.id, t.result -> 'recalled' AS recalled FROM training_runs t
       LEFT JOIN replay_runs r ON r.run_id = t.id
       WHERE t.assistant_id = $1 AND t.result ? 'recalled' AND NOT coalesce(r.reviewed, false) ORDER BY t.created_at`,
    [assistantId],
  );
  for (const { id, recalled } of runs) {
    for (const item of recalledSchema.parse(recalled)) await moveItem(manager, assistantId, item.id, item.right);
    await manager.query(
      `INSERT INTO replay_runs (run_id, assistant_id, reviewed) VALUES ($1, $2, true)
       ON CONFLICT (run_id) DO UPDATE SET reviewed = true`,
      [id, assistantId],
    );
  }
}

async function idsAt(manager: EntityManager, assistantId: string, places: readonly Place[]): Promise<string[]> {
  const column = <Key extends keyof Place>(key: Key) => places.map((place) => place[key]);
  const rows = await manager.query<{ example_id: string }[]>(
    `SELECT i.example_id FROM unnest($2::text[], $3::int[], $4::int[]) WITH ORDINALITY AS p (slice, box, slot, nth)
       JOIN replay_items i ON i.assistant_id = $1 AND i.slice = p.slice AND i.box = p.box AND i.slot = p.slot
       ORDER BY p.nth`,
    [assistantId, column('slice'), column('box'), column('slot')],
  );
  return rows.map(({ example_id }) => example_id);
}

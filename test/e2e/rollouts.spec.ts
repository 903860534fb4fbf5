// Rollouts on a real Postgres, without a model: arms, what counts and when, steps and gates by evidence, the queue, and moves of the
// champion that end them.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/all.js';
import { AdaptersError } from '../../src/adapters/adapters-error.js';
import type { ChampionFollower } from '../../src/adapters/champion-follower.js';
import { armOf } from '../../src/adapters/canary/arm-of.js';
import { RolloutWatch } from '../../src/adapters/canary/rollout-watch.js';
import { Rollouts } from '../../src/adapters/canary/rollouts.js';
import { Deployments } from '../../src/adapters/deployments.js';
import type { VersionLoader } from '../../src/adapters/version-loader.js';
import type { Runtime } from '../../src/config/runtime.js';
import { AdapterVersion } from '../../src/database/entities/adapter-version.entity.js';
import { Assistant } from '../../src/database/entities/assistant.entity.js';
import { Conversation } from '../../src/database/entities/conversation.entity.js';
import { Message } from '../../src/database/entities/message.entity.js';
import { Rating } from '../../src/database/entities/rating.entity.js';
import { RolloutConversation } from '../../src/database/entities/rollout-conversation.entity.js';
import { Rollout } from '../../src/database/entities/rollout.entity.js';
import { openDatabase } from '../../src/database/open-database.js';
import { RatingEvents } from '../../src/feedback/rating-events.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const quiet = { log: () => undefined, warn: () => undefined };
const because = { actor: 'Olga', reason: 'as we like' };
const WAIT_MS_MAX = 10_000;

let postgres: TestPostgres;
let database: DataSource;
let assistantId: string;
let rollouts: Rollouts;
let deployments: Deployments;
let watch: RolloutWatch;
const ratings = new RatingEvents();
/** What loading a version fails with. */
let damaged: AdaptersError | undefined;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
  // What loads versions is left out; promotions and rollouts are real.
  const follower = { inLine: (_: string, work: () => unknown) => work(), flip: () => undefined };
  const loader = {
    ready: () => (damaged ? Promise.reject(damaged) : Promise.resolve(undefined)),
    unload: () => undefined,
  } as unknown as VersionLoader;
  const champions = follower as unknown as ChampionFollower;
  deployments = new Deployments(database, loader, champions);
  rollouts = new Rollouts(database, champions, loader, deployments);
  const runtime = { environment: { CANARY_QUIET_SECONDS: 0 } } as unknown as Runtime;
  watch = new RolloutWatch(database, rollouts, ratings, runtime);
}, 120_000);
afterAll(async () => {
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => {
  damaged = undefined;
  const name = `a-${randomUUID().slice(0, 8)}`;
  assistantId = (await database.manager.save(Assistant, { slug: name, name, greeting: 'Hi.' })).id;
  for (const version of [1, 2, 3]) {
    const file = { sha256: 'a', sizeBytes: 1, baseSha256: 'b', rank: 8, alpha: 16 };
    await database.manager.save(AdapterVersion, {
      assistantId,
      version,
      status: 'candidate',
      parentVersion: 0,
      ...file,
    });
  }
  watch.onApplicationBootstrap();
});
afterEach(() => watch.onApplicationShutdown());

const begin = (version: number, percents: number[], more: { manual?: boolean; queue?: boolean } = {}) => {
  const steps = [...percents, 100].map((percent) => ({ percent, manual: more.manual ?? false }));
  return rollouts.start({ assistantId, version, steps, ...because, queue: more.queue });
};
const state = async ({ id }: Rollout) => (await rollouts.get(assistantId, id)).state;
const status = async (version: number) =>
  (await database.manager.findOneByOrFail(AdapterVersion, { assistantId, version })).status;
const audit = async () => (await deployments.history(assistantId, 10)).map(({ action }) => action);

/** Waits for what the watch does, and gives it a reason to look. */
async function until(check: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + WAIT_MS_MAX; Date.now() < endMs;) {
    ratings.changed$.next({ assistantId, messageId: '' });
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (await check()) return;
  }
  throw new Error('What was waited for did not come.');
}

/** A conversation of one answer, drawn under the rollout and rated. */
async function converse(rollout: Rollout, thumb?: (arm: string) => 'up' | 'down', answer: Partial<Message> = {}) {
  const { manager } = database;
  const { id: conversationId } = await manager.save(Conversation, { assistantId, tokenHash: 'x' } as Conversation);
  const arm = (await armOf(manager, rollout.id, { conversationId, seq: 2 })) ?? 'none';
  const adapterVersion = arm === 'canary' ? rollout.version : rollout.fromVersion;
  const whole = { text: 'Hello.', status: 'complete', finishReason: 'stop', latencyMs: 900 } as const;
  const message = { conversationId, seq: 2, role: 'assistant', adapterVersion, ...whole, ...answer } as Message;
  const { id: messageId } = await manager.save(Message, message);
  const rating = { messageId, raterKind: 'customer', raterId: conversationId, value: thumb?.(arm) } as Rating;
  if (thumb) await manager.save(Rating, rating);
  return { conversationId, messageId, arm };
}
async function converseMany(count: number, ...rest: Parameters<typeof converse>) {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await converse(...rest));
  return all;
}

describe('an arm', () => {
  it('is drawn once, by the share, and only for conversations without an earlier answer', async () => {
    const rollout = await begin(1, [50]);
    const { manager } = database;
    const all = await converseMany(40, rollout);
    expect(new Set(all.map(({ arm }) => arm))).toEqual(new Set(['canary', 'control']));
    for (const { conversationId, arm } of all.slice(0, 5)) {
      expect(await armOf(manager, rollout.id, { conversationId, seq: 4 })).toBe(arm);
    }
    const { id: conversationId } = await manager.save(Conversation, { assistantId, tokenHash: 'x' } as Conversation);
    const both = Array.from({ length: 5 }, () => armOf(manager, rollout.id, { conversationId, seq: 2 }));
    expect(new Set(await Promise.all(both)).size).toBe(1);
    const old = await manager.save(Conversation, { assistantId, tokenHash: 'x' } as Conversation);
    const text = { text: 'Hi', status: 'complete', adapterVersion: 0 };
    await manager.save(Message, { conversationId: old.id, seq: 2, role: 'assistant', ...text } as Message);
    expect(await armOf(manager, rollout.id, { conversationId: old.id, seq: 4 })).toBeUndefined();
    await rollouts.order(assistantId, rollout.id, 'abort', because);
    expect(await armOf(manager, rollout.id, { conversationId, seq: 4 })).toBeUndefined();
  });
});

describe('what counts', () => {
  it('is a customer’s thumbs once, not an agent’s, not changed later, nor what the memory answered', async () => {
    const rollout = await begin(1, [50]);
    const { manager } = database;
    const { conversationId, messageId } = await converse(rollout, () => 'up');
    await manager.save(Rating, { messageId, raterKind: 'agent', raterId: 'Ada', value: 'down' } as Rating);
    const memory = await converse(rollout, () => 'down', { finishReason: 'memory' });
    const of = (id: string) => manager.findOneByOrFail(RolloutConversation, { conversationId: id });
    await until(async () => (await of(conversationId)).score !== null);
    await manager.update(Rating, { messageId, raterKind: 'customer' }, { value: 'down' });
    await until(() => Promise.resolve(true));
    expect(await of(conversationId)).toMatchObject({ score: 1, failed: false, latencyMs: 900 });
    expect(await of(memory.conversationId)).toMatchObject({ score: null, failed: null });
    await manager.delete(Message, { conversationId });
    await manager.delete(Conversation, { id: conversationId });
    const kept = await manager.findBy(RolloutConversation, { rolloutId: rollout.id });
    expect(kept).toContainEqual(expect.objectContaining({ conversationId: null, score: 1 }));
  });
});

describe('a rollout by its evidence', () => {
  it('goes from step to step and becomes champion, each with its reason in the audit', async () => {
    const rollout = await begin(1, [25, 50]);
    const late = () =>
      database.manager.update(Rollout, rollout.id, { stepStartedAt: new Date(Date.now() - 2 * 3_600_000) });
    expect(await status(1)).toBe('canary');
    const thumb = (arm: string) => (arm === 'canary' || Math.random() < 0.3 ? 'up' : 'down');
    await converseMany(120, rollout, thumb);
    await until(async () => (await rollouts.judged(assistantId, rollout.id)).verdict.evidence.ratings.canary.n > 9);
    expect(await state(rollout)).toBe('running');
    await late();
    await converseMany(1, rollout, thumb);
    await until(async () => (await rollouts.get(assistantId, rollout.id)).step === 1);
    await late();
    await converseMany(100, rollout, thumb);
    await until(async () => (await state(rollout)) === 'promoted');
    expect(await status(1)).toBe('champion');
    expect(await audit()).toEqual(['promote', 'canary_step', 'canary_start']);
    const [promotion] = await deployments.history(assistantId, 1);
    expect(promotion?.reason).toMatch(/not 10 points worse: .* Version 1 becomes champion/);
    expect(promotion).toMatchObject({ actor: 'canary', evidence: { rolloutId: rollout.id } });
  }, 60_000);

  it('waits at a gate, goes on by order, and still goes back for harm', async () => {
    const rollout = await begin(1, [50, 60], { manual: true });
    await converseMany(60, rollout, () => 'up');
    await database.manager.update(Rollout, rollout.id, { stepStartedAt: new Date(Date.now() - 2 * 3_600_000) });
    await converse(rollout, () => 'up');
    await until(async () => (await state(rollout)) === 'waiting');
    expect(await rollouts.order(assistantId, rollout.id, 'continue', because)).toMatchObject({
      step: 1,
      state: 'running',
    });
    await converseMany(20, rollout, undefined, { status: 'failed', text: '' });
    await converseMany(60, rollout, (arm) => (arm === 'canary' ? 'down' : 'up'));
    await until(async () => (await state(rollout)) === 'rolled_back');
    expect(await status(1)).toBe('rejected');
    expect(await audit()).toEqual(['canary_rollback', 'canary_step', 'canary_wait', 'canary_start']);
  }, 60_000);
});

describe('a second version', () => {
  it('is refused to an operator, waits for the learner, and starts when the first went back', async () => {
    const first = await begin(1, [50]);
    await expect(begin(2, [50])).rejects.toMatchObject({ code: 'adapters.canary_running' });
    const second = await begin(2, [50], { queue: true });
    const third = await begin(3, [50], { queue: true });
    expect([await state(second), await state(third), await status(3)]).toEqual(['aborted', 'queued', 'candidate']);
    await rollouts.order(assistantId, first.id, 'abort', because);
    await until(async () => (await state(third)) === 'running');
    expect([await status(1), await status(3)]).toEqual(['candidate', 'canary']);
  });

  it('does not start against a champion that it was not compared with', async () => {
    const first = await begin(1, [50]);
    const second = await begin(2, [50], { queue: true });
    await rollouts.order(assistantId, first.id, 'promote', because);
    await until(async () => (await state(second)) === 'aborted');
    expect((await rollouts.get(assistantId, second.id)).reason).toContain('was compared with 0');
    await expect(begin(1, [50])).rejects.toMatchObject({ code: 'adapters.not_a_candidate' });
  });
});

describe('a version whose file is damaged meanwhile', () => {
  const broken = () => (damaged = new AdaptersError('adapters.artifact_damaged', 'The file is damaged.'));

  it('is not promoted, and waits for a person with the reason', async () => {
    const rollout = await begin(1, [50]);
    await converseMany(60, rollout, (arm) => (arm === 'canary' ? 'up' : 'down'));
    await database.manager.update(Rollout, rollout.id, { stepStartedAt: new Date(Date.now() - 2 * 3_600_000) });
    broken();
    await converse(rollout, () => 'up');
    await until(async () => (await state(rollout)) === 'paused');
    expect((await rollouts.get(assistantId, rollout.id)).reason).toContain(
      'could not be promoted: The file is damaged.',
    );
  });

  it('does not start from the queue, nor stay there', async () => {
    const first = await begin(1, [50]);
    const second = await begin(2, [50], { queue: true });
    broken();
    await rollouts.order(assistantId, first.id, 'abort', because);
    await until(async () => (await state(second)) === 'aborted');
    expect(await rollouts.get(assistantId, second.id)).toMatchObject({ reason: 'The file is damaged.' });
    expect(await status(2)).toBe('candidate');
  });
});

describe('a move of the champion', () => {
  it('ends the rollout in the same transaction', async () => {
    const rollout = await begin(1, [50]);
    await deployments.promote({ assistantId, version: 2, ...because });
    expect(await rollouts.get(assistantId, rollout.id)).toMatchObject({ state: 'aborted', actor: 'Olga' });
    expect(await status(1)).toBe('candidate');
    expect(await audit()).toEqual(['canary_abort', 'promote', 'canary_start']);
  });
});

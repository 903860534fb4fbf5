// Rollouts by order of an operator or the learner: begin, go on, pause, resume, promote, abort. What the numbers order is in
// rollout-watch.ts.
import { Injectable } from '@nestjs/common';
import { DataSource, Raw, type EntityManager } from 'typeorm';
import type { CanaryStep } from '../../config/canary-steps.js';
import { RetuneError } from '../../config/retune-error.js';
import { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import { Deployment } from '../../database/entities/deployment.entity.js';
import { Rollout, type RolloutState } from '../../database/entities/rollout.entity.js';
import { AdaptersError } from '../adapters-error.js';
import { ChampionFollower } from '../champion-follower.js';
import { Deployments, type Order } from '../deployments.js';
import { VersionLoader } from '../version-loader.js';
import { judgeRollout, type Verdict } from './judge-rollout.js';
import { seenOf } from './observe.js';
import { beginRollout, changeRollout, endRollout, holdAssistant, liveRollout, type Because } from './rollout-rows.js';
import { ALPHA } from './thresholds.js';

const LISTED_MAX = 100;

/** What an operator may order, and in which states. */
export const ROLLOUT_ORDERS = {
  continue: ['running', 'waiting', 'paused'],
  pause: ['running', 'waiting'],
  resume: ['paused'],
  promote: ['running', 'waiting', 'paused'],
  abort: ['queued', 'running', 'waiting', 'paused'],
} as const satisfies Record<string, RolloutState[]>;
export type RolloutOrder = keyof typeof ROLLOUT_ORDERS;

@Injectable()
export class Rollouts {
  constructor(
    private readonly database: DataSource,
    private readonly follower: ChampionFollower,
    private readonly loader: VersionLoader,
    private readonly deployments: Deployments,
  ) {}

  /**
   * Lets a candidate answer the first step's share of new conversations, after it was loaded and proved here.
   * @param order `evidence`: why it may (the gate's), for the audit; `queue`: while another rollout runs, wait for its end
   * instead of failing; a version that waited before gives way
   * @throws AdaptersError `adapters.not_a_candidate`, `adapters.canary_running`, those of `VersionLoader.ready`
   */
  start(
    order: Order & { version: number; steps: CanaryStep[]; queue?: boolean; evidence?: Record<string, unknown> },
  ): Promise<Rollout> {
    const { assistantId, version, queue = false, actor, reason, evidence = null } = order;
    return this.readied(assistantId, version, (manager) =>
      this.insert(manager, { ...order, queue }, { actor, reason, evidence }),
    );
  }

  /** Starts the rollout that waits, if no other runs; one that can't start any more ends, with its reason. */
  async startQueued(assistantId: string): Promise<void> {
    const { manager } = this.database;
    const queued = await manager.findOneBy(Rollout, { assistantId, state: 'queued' });
    if (!queued || (await liveRollout(manager, assistantId))) return;
    const begin = (held: EntityManager) => this.beginQueued(held, queued);
    try {
      await this.readied(assistantId, queued.version, begin);
    } catch (error) {
      if (!(error instanceof RetuneError)) throw error;
      await endRollout(manager, queued, 'aborted', { actor: 'retune', reason: error.message });
    }
  }

  private async beginQueued(manager: EntityManager, { id, assistantId }: Rollout): Promise<Rollout | undefined> {
    const assistant = await holdAssistant(manager, assistantId);
    const rollout = await manager.findOneBy(Rollout, { id, state: 'queued' });
    if (!rollout || (await liveRollout(manager, assistantId))) return undefined;
    if (assistant?.championVersion === rollout.fromVersion) {
      const { actor, reason, evidence } = rollout;
      return beginRollout(manager, rollout, { actor, reason, evidence });
    }
    const reason = `Version ${assistant?.championVersion} became champion; this version was compared with ${rollout.fromVersion}.`;
    await endRollout(manager, rollout, 'aborted', { actor: 'retune', reason });
    return undefined;
  }

  /**
   * @throws AdaptersError `adapters.rollout_unknown`, `adapters.rollout_state` when it can't be ordered now; for promotions those
   * of `Deployments.promote`
   */
  async order(assistantId: string, id: string, order: RolloutOrder, because: Because): Promise<Rollout> {
    const rollout = await this.get(assistantId, id);
    assertOrder(rollout, order);
    if (order === 'promote' || (order === 'continue' && nextPercent(rollout) === 100)) {
      await this.promote(rollout, because);
    } else {
      await this.database.transaction(async (manager) => {
        await holdAssistant(manager, assistantId);
        const now = await manager.findOneByOrFail(Rollout, { id });
        assertOrder(now, order);
        await CHANGES[order](manager, now, because);
      });
    }
    return this.get(assistantId, id);
  }

  /** Makes the canary champion, which ends its rollout in the same transaction. @throws those of `Deployments.promote` */
  async promote({ id, assistantId, version, evidence }: Rollout, because: Because): Promise<void> {
    const { actor, reason } = because;
    const known = { rolloutId: id, ...(because.evidence ?? evidence) };
    await this.deployments.promote({ assistantId, version, actor, reason, evidence: known });
  }

  /** Newest first, at most 100. */
  list(assistantId: string): Promise<Rollout[]> {
    const order = { createdAt: 'DESC' } as const;
    return this.database.manager.find(Rollout, { where: { assistantId }, order, take: LISTED_MAX });
  }

  /** @throws AdaptersError `adapters.rollout_unknown` */
  async get(assistantId: string, id: string): Promise<Rollout> {
    const found = await this.database.manager.findOneBy(Rollout, { assistantId, id });
    if (found) return found;
    throw new AdaptersError('adapters.rollout_unknown', 'There is no such rollout.');
  }

  /** A rollout with what its conversations say, to this moment or to its end. @throws AdaptersError `adapters.rollout_unknown` */
  async judged(assistantId: string, id: string): Promise<{ rollout: Rollout; verdict: Verdict }> {
    const rollout = await this.get(assistantId, id);
    const seen = await seenOf(this.database.manager, id);
    return { rollout, verdict: judgeRollout(rollout, seen, rollout.endedAt ?? new Date()) };
  }

  /** What was done with a rollout, newest first. */
  history({ assistantId, id }: Rollout): Promise<Deployment[]> {
    const about = Raw((evidence) => `${evidence} ->> 'rolloutId' = :id`, { id });
    return this.database.manager.find(Deployment, {
      where: { assistantId, evidence: about },
      order: { id: 'DESC' },
      take: LISTED_MAX,
    });
  }

  /** Runs a transaction with the version loaded here; frees it again when it doesn't answer by that. */
  private readied<T extends Rollout | undefined>(
    assistantId: string,
    version: number,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.follower.inLine(assistantId, async () => {
      const file = await this.loader.ready(assistantId, version);
      try {
        const rollout = await this.database.transaction(work);
        if (rollout?.state !== 'running') this.loader.unload(file);
        return rollout;
      } catch (error) {
        this.loader.unload(file);
        throw error;
      }
    });
  }

  private async insert(
    manager: EntityManager,
    {
      assistantId,
      version,
      steps,
      queue,
    }: { assistantId: string; version: number; steps: CanaryStep[]; queue: boolean },
    because: Because,
  ): Promise<Rollout> {
    const assistant = await holdAssistant(manager, assistantId);
    const { status } = await manager.findOneByOrFail(AdapterVersion, { assistantId, version });
    const live = await liveRollout(manager, assistantId);
    if (live && !queue) {
      throw new AdaptersError('adapters.canary_running', `Version ${live.version} is on canary; one at a time.`);
    }
    if (status !== 'candidate') {
      throw new AdaptersError(
        'adapters.not_a_candidate',
        `Version ${version} is ${status}; only candidates go on canary.`,
      );
    }
    const rollout = manager.create(Rollout, {
      ...{ assistantId, version, fromVersion: assistant?.championVersion ?? 0, steps, step: 0, alpha: ALPHA },
      share: (steps[0]?.percent ?? 0) / 100,
      state: 'queued',
      ...because,
    });
    if (!live) return beginRollout(manager, rollout, because);
    const older = await manager.findOneBy(Rollout, { assistantId, state: 'queued' });
    if (older?.version === version) return older;
    const reason = `Version ${version} is newer and waits in its place.`;
    if (older) await endRollout(manager, older, 'aborted', { actor: 'retune', reason });
    return manager.save(rollout);
  }
}

/** Goes to the next step, which is below 100 %. */
export function stepUp(manager: EntityManager, rollout: Rollout, because: Because): Promise<void> {
  const change = { state: 'running', step: rollout.step + 1, share: nextPercent(rollout) / 100 } as const;
  return changeRollout(manager, rollout, { ...change, stepStartedAt: new Date() }, 'canary_step', because);
}

/** The share after this step; 100 is the champion's. */
export const nextPercent = ({ steps, step }: Pick<Rollout, 'steps' | 'step'>): number =>
  steps[step + 1]?.percent ?? 100;

type Change = (manager: EntityManager, rollout: Rollout, because: Because) => Promise<void>;
const CHANGES: Record<Exclude<RolloutOrder, 'promote'>, Change> = {
  continue: stepUp,
  pause: (manager, rollout, because) => changeRollout(manager, rollout, { state: 'paused' }, 'canary_pause', because),
  resume: (manager, rollout, because) =>
    changeRollout(manager, rollout, { state: 'running' }, 'canary_resume', because),
  abort: (manager, rollout, because) => endRollout(manager, rollout, 'aborted', because),
};

function assertOrder({ state }: Rollout, order: RolloutOrder): void {
  if ((ROLLOUT_ORDERS[order] as readonly RolloutState[]).includes(state)) return;
  throw new AdaptersError('adapters.rollout_state', `A rollout that is ${state} can't be told to ${order}.`);
}

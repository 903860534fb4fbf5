// Looks at what the conversations of every rollout say, and does what follows: the next step, a rollback with its reason, or
// nothing yet. Any node may look; the assistant's row lets one at a time, and all that is known is in the database.
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { delay, exhaustMap, interval, map, merge, throttleTime, type Subscription } from 'rxjs';
import { DataSource, In, type EntityManager } from 'typeorm';
import { RetuneError } from '../../config/retune-error.js';
import { Runtime } from '../../config/runtime.js';
import { isLostConnection } from '../../database/database-error.js';
import { Rollout } from '../../database/entities/rollout.entity.js';
import { RatingEvents } from '../../feedback/rating-events.js';
import type { VerdictKind } from './evidence.js';
import { judgeRollout, type Verdict } from './judge-rollout.js';
import { observe, seenOf } from './observe.js';
import { changeRollout, endRollout, holdAssistant, LIVE, type Because } from './rollout-rows.js';
import { nextPercent, Rollouts, stepUp } from './rollouts.js';

/** Other nodes' conversations are seen this soon. */
const LOOK_MS = 5_000;
/** A rating of this node is looked at as soon as it counts; bursts together. */
const AFTER_RATING_MS = 100;
/** Without news only time has passed: steps need an hour, so a minute is exact enough. */
const WITHOUT_NEWS_MS = 60_000;
const ACTOR = 'canary';

@Injectable()
export class RolloutWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Rollouts');
  private readonly judgedAt = new Map<string, number>();
  private watching: Subscription | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly rollouts: Rollouts,
    private readonly ratings: RatingEvents,
    private readonly runtime: Runtime,
  ) {}

  onApplicationBootstrap(): void {
    const quietMs = this.runtime.environment.CANARY_QUIET_SECONDS * 1000;
    const rated$ = this.ratings.changed$.pipe(
      throttleTime(AFTER_RATING_MS, undefined, { leading: false, trailing: true }),
      delay(quietMs + AFTER_RATING_MS),
    );
    this.watching = merge(interval(LOOK_MS), rated$)
      .pipe(
        map(() => undefined),
        exhaustMap(() => this.look()),
      )
      .subscribe();
  }

  onApplicationShutdown(): void {
    this.watching?.unsubscribe();
  }

  /** Never fails: what can't be seen now is seen at the next look. */
  private async look(): Promise<void> {
    try {
      const open = await this.database.manager.findBy(Rollout, { state: In([...LIVE, 'queued']) });
      for (const id of this.judgedAt.keys()) if (!open.some((rollout) => rollout.id === id)) this.judgedAt.delete(id);
      for (const rollout of open) await this.lookAt(rollout).catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private lookAt(rollout: Rollout): Promise<void> {
    return rollout.state === 'queued' ? this.rollouts.startQueued(rollout.assistantId) : this.judge(rollout);
  }

  private report(error: unknown): void {
    if (!isLostConnection(error)) this.logger.error(`A rollout could not be judged: ${(error as Error).message}`);
  }

  private async judge({ id, assistantId }: Rollout): Promise<void> {
    const toPromote = await this.database.transaction(async (manager) => {
      // Held by another node that judges, or by a promotion: its turn.
      if (!(await holdAssistant(manager, assistantId, false))) return;
      const rollout = await manager.findOneBy(Rollout, { id, state: In(LIVE) });
      if (!rollout) return;
      const news = await observe(manager, id, this.runtime.environment.CANARY_QUIET_SECONDS);
      if (!news && Date.now() - (this.judgedAt.get(id) ?? 0) < WITHOUT_NEWS_MS) return;
      const verdict = judgeRollout(rollout, await seenOf(manager, id), new Date(), false);
      this.judgedAt.set(id, Date.now());
      return this.apply(manager, rollout, verdict);
    });
    if (toPromote) await this.promote(toPromote.rollout, toPromote.because);
  }

  /** A canary that can't become champion (a damaged file, a failed probe) waits for a person instead of trying for ever. */
  private async promote(rollout: Rollout, because: Because): Promise<void> {
    try {
      await this.rollouts.promote(rollout, because);
      this.logger.log(because.reason);
    } catch (error) {
      if (!(error instanceof RetuneError)) throw error;
      const why = `It did well, but could not be promoted: ${error.message}`;
      this.logger.error(`Version ${rollout.version}: ${why}`);
      await this.database.transaction(async (manager) => {
        await holdAssistant(manager, rollout.assistantId);
        const live = await manager.findOneBy(Rollout, { id: rollout.id, state: In(LIVE) });
        if (live)
          await changeRollout(manager, live, { state: 'paused' }, 'canary_pause', { actor: ACTOR, reason: why });
      });
    }
  }

  /** @returns what is to be promoted, which takes a transaction of its own */
  private async apply(
    manager: EntityManager,
    rollout: Rollout,
    { kind, reason, evidence }: Verdict,
  ): Promise<{ rollout: Rollout; because: Because } | undefined> {
    const because = { actor: ACTOR, reason, evidence: { ...evidence } };
    if (kind === 'next' && nextPercent(rollout) === 100) return { rollout, because };
    if (kind === 'harm') this.logger.warn(reason);
    await ACTS[kind](manager, rollout, because);
    return undefined;
  }
}

type Act = (
  manager: EntityManager,
  rollout: Rollout,
  because: Because & { evidence: Record<string, unknown> },
) => Promise<unknown>;
const ACTS: Record<VerdictKind, Act> = {
  harm: (manager, rollout, because) => endRollout(manager, rollout, 'rolled_back', because),
  next: stepUp,
  wait: (manager, rollout, because) => changeRollout(manager, rollout, { state: 'waiting' }, 'canary_wait', because),
  pause: (manager, rollout, because) => changeRollout(manager, rollout, { state: 'paused' }, 'canary_pause', because),
  stay: (manager, { id }, { evidence }) => manager.update(Rollout, id, { evidence: evidence as never }),
};

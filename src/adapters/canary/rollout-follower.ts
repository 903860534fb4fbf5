// Keeps this node's canaries on what the registry says: loaded before the first conversation is drawn, freed after the end. It
// hears what ChampionFollower hears, polls like it, and moves in its line, so that a canary that becomes champion stays loaded.
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { concatMap, interval, map, merge, type Subscription } from 'rxjs';
import { DataSource, In } from 'typeorm';
import { isLostConnection } from '../../database/database-error.js';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { Rollout } from '../../database/entities/rollout.entity.js';
import { Engine } from '../../inference/engine.js';
import { AdapterVersions } from '../adapter-versions.js';
import { ChampionFollower } from '../champion-follower.js';
import { LIVE, liveRollout } from './rollout-rows.js';
import { VersionRouter } from './version-router.js';

const POLL_MS = 10_000;

@Injectable()
export class RolloutFollower implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Rollouts');
  private following: Subscription | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly engine: Engine,
    private readonly versions: AdapterVersions,
    private readonly router: VersionRouter,
    private readonly champions: ChampionFollower,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look(undefined);
    const words$ = merge(this.champions.words$, interval(POLL_MS).pipe(map(() => undefined)));
    this.following = words$.pipe(concatMap((assistantId) => this.look(assistantId))).subscribe();
  }

  onApplicationShutdown(): void {
    this.following?.unsubscribe();
  }

  /** Brings one assistant, or all, in step. Never fails: what can't be served now is tried again. */
  private async look(assistantId: string | undefined): Promise<void> {
    try {
      const ids = assistantId ? [assistantId] : await this.concerned();
      for (const id of ids) await this.follow(id);
    } catch (error) {
      if (isLostConnection(error)) return;
      this.logger.error(`A canary can't be served here; the champion answers for it. ${(error as Error).message}`);
    }
  }

  /** Assistants with a rollout in the registry or on this node. */
  private async concerned(): Promise<string[]> {
    const live = await this.database.manager.find(Rollout, {
      where: { state: In(LIVE) },
      select: { id: true, assistantId: true },
    });
    return [...new Set([...live.map((rollout) => rollout.assistantId), ...this.router.withCanary()])];
  }

  /** Loads and routes to the assistant's canary, or frees it, if that isn't so already. */
  private follow(assistantId: string): Promise<void> {
    return this.champions.inLine(assistantId, async () => {
      const { manager } = this.database;
      const rollout = await liveRollout(manager, assistantId);
      const before = this.router.canary(assistantId);
      if (rollout?.id === before?.rolloutId) return;
      const file = rollout && (await this.versions.fileOf(assistantId, rollout.version));
      if (file) await this.engine.load(file);
      this.router.setCanary(assistantId, rollout && file ? { rolloutId: rollout.id, file } : undefined);
      if (rollout) this.logger.log(`Version ${rollout.version} is on canary against version ${rollout.fromVersion}.`);
      if (!before || before.file.version === rollout?.version) return;
      // One that was promoted is the champion's to free, once another is.
      const { championVersion } = await manager.findOneByOrFail(Assistant, { id: assistantId });
      if (championVersion !== before.file.version) this.engine.retire(before.file).catch(() => undefined);
    });
  }
}

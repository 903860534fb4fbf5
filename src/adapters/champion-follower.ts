// Keeps this node on what the registry says: at start, on every word of a promotion anywhere, and by poll, for words can
// get lost. Everything that moves a champion on this node goes through one line per assistant, so that order is kept.
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { Lines } from '../config/lines.js';
import { Runtime } from '../config/runtime.js';
import { Assistant } from '../database/entities/assistant.entity.js';
import { isLostConnection } from '../database/database-error.js';
import type { Listener } from '../database/listener.js';
import { Engine, type AdapterFile } from '../inference/engine.js';
import { AdapterVersions } from './adapter-versions.js';
import { ChampionRouter } from './champion-router.js';
import { listenToChampions } from './champion-words.js';

const POLL_MS = 10_000;

@Injectable()
export class ChampionFollower implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Champions');
  private readonly lines = new Lines();
  /** Every word about an assistant, here for who follows more than the champion; undefined when words may have been missed. */
  readonly words$ = new Subject<string | undefined>();
  private listener: Listener | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly engine: Engine,
    private readonly versions: AdapterVersions,
    private readonly router: ChampionRouter,
    private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.followAll();
    this.listener = listenToChampions(this.runtime.databaseUrl, {
      heard: (assistantId) => {
        void this.follow(assistantId).catch((error: unknown) => this.report(assistantId, error));
        this.words$.next(assistantId);
      },
      connected: () => {
        void this.followAll();
        this.words$.next(undefined);
      },
      lost: (reason) => this.logger.warn(`No word of promotions for now, polling instead: ${reason}`),
    });
    this.timer = setInterval(() => void this.followAll(), POLL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.listener?.close();
  }

  /** Runs what moves an assistant's champion on this node, after everything that came before it. */
  inLine<T>(assistantId: string, work: () => Promise<T>): Promise<T> {
    return this.lines.run(assistantId, work);
  }

  /** Points new turns at a loaded version; the one before drains in the background. Call it inside `inLine`. */
  flip(assistantId: string, to: AdapterFile | undefined): void {
    const before = this.router.flip(assistantId, to);
    if (!before || before.sha256 === to?.sha256) return;
    this.engine.retire(before).catch((error: unknown) => {
      this.logger.warn(`Version ${before.version} could not be unloaded: ${(error as Error).message}`);
    });
  }

  /** Loads and points at what the registry says, if that isn't so already. */
  private follow(assistantId: string): Promise<void> {
    return this.inLine(assistantId, async () => {
      const assistant = await this.database.manager.findOneBy(Assistant, { id: assistantId });
      if (!assistant || assistant.championVersion === (this.router.champion(assistantId)?.version ?? 0)) return;
      const file = await this.versions.fileOf(assistantId, assistant.championVersion);
      if (file) await this.engine.load(file);
      this.flip(assistantId, file);
      this.logger.log(`${assistant.slug}: version ${assistant.championVersion} answers now.`);
    });
  }

  private async followAll(): Promise<void> {
    try {
      const assistants = await this.database.manager.find(Assistant, { select: { id: true, championVersion: true } });
      const behind = assistants.filter(({ id, championVersion }) => {
        return championVersion !== (this.router.champion(id)?.version ?? 0);
      });
      for (const { id } of behind) await this.follow(id).catch((error: unknown) => this.report(id, error));
    } catch (error) {
      // Polling goes on; the connection's own warning was logged when it broke.
      if (!isLostConnection(error)) this.logger.error('The registry could not be read', error);
    }
  }

  private report(assistantId: string, error: unknown): void {
    const serving = this.router.champion(assistantId)?.version ?? 0;
    this.logger.error(
      `The champion of assistant ${assistantId} can't be served here; version ${serving} goes on. ${(error as Error).message}`,
    );
  }
}

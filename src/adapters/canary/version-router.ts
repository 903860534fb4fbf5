// Which version answers a turn: the champion, or for the conversations drawn into its share the canary.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AdapterFile } from '../../inference/engine.js';
import { ChampionRouter } from '../champion-router.js';
import { armOf } from './arm-of.js';

/** A rollout whose canary is loaded on this node. */
export interface LoadedCanary {
  rolloutId: string;
  file: AdapterFile;
}

@Injectable()
export class VersionRouter {
  private readonly canaries = new Map<string, LoadedCanary>();

  constructor(
    private readonly database: DataSource,
    private readonly champions: ChampionRouter,
  ) {}

  /**
   * The version for an answer, undefined for the base model. Without a rollout nothing is waited for; with one, the
   * conversation's arm is asked of the database, so that a rollout ended on another node counts from its commit on.
   */
  async versionFor(
    assistantId: string,
    answer: { conversationId: string; seq: number },
  ): Promise<AdapterFile | undefined> {
    const canary = this.canaries.get(assistantId);
    const arm = canary && (await armOf(this.database.manager, canary.rolloutId, answer));
    return arm === 'canary' ? canary?.file : this.champions.champion(assistantId);
  }

  canary(assistantId: string): LoadedCanary | undefined {
    return this.canaries.get(assistantId);
  }

  /** Assistants that have a canary here. */
  withCanary(): string[] {
    return [...this.canaries.keys()];
  }

  /** Only what follows the registry calls this. */
  setCanary(assistantId: string, canary: LoadedCanary | undefined): void {
    if (canary) this.canaries.set(assistantId, canary);
    else this.canaries.delete(assistantId);
  }

  /** Whether turns may be routed to this version here. */
  serves({ assistantId, version }: AdapterFile): boolean {
    return [this.champions.champion(assistantId), this.canaries.get(assistantId)?.file].some(
      (file) => file?.version === version,
    );
  }
}

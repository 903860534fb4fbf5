// Which version answers the next turn, read at its start: a pointer in memory, so that a turn never waits for the database.
import { Injectable } from '@nestjs/common';
import type { AdapterFile } from '../inference/engine.js';

@Injectable()
export class ChampionRouter {
  private readonly champions = new Map<string, AdapterFile>();

  /** The assistant's champion, loaded and ready; undefined for the base model. */
  champion(assistantId: string): AdapterFile | undefined {
    return this.champions.get(assistantId);
  }

  /** Points new turns at another version; returns the one before. Only what follows the registry calls this. */
  flip(assistantId: string, to: AdapterFile | undefined): AdapterFile | undefined {
    const before = this.champions.get(assistantId);
    if (to) this.champions.set(assistantId, to);
    else this.champions.delete(assistantId);
    return before;
  }
}

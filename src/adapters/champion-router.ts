// Which version answers the next turn, read at its start: a pointer in memory, so that a turn never waits for the database.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { AdapterFile } from '../inference/engine.js';

@Injectable()
export class ChampionRouter {
  private readonly champions = new Map<string, AdapterFile>();
  /** Assistants for which another version answers here from now on. */
  readonly flipped$ = new Subject<string>();

  /** The assistant's champion, loaded and ready; undefined for the base model. */
  champion(assistantId: string): AdapterFile | undefined {
    return this.champions.get(assistantId);
  }

  /** Assistant id → version, without those that the base model answers for. */
  serving(): Record<string, number> {
    return Object.fromEntries([...this.champions].map(([assistantId, { version }]) => [assistantId, version]));
  }

  /** Points new turns at another version; returns the one before. Only what follows the registry calls this. */
  flip(assistantId: string, to: AdapterFile | undefined): AdapterFile | undefined {
    const before = this.champions.get(assistantId);
    if (to) this.champions.set(assistantId, to);
    else this.champions.delete(assistantId);
    this.flipped$.next(assistantId);
    return before;
  }
}

// Tells, and hears, that a champion or a rollout changed on any node.
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { listenTo, type Listener } from '../database/listener.js';

/** Channel of `NOTIFY`; the payload is `championWord`. */
export const CHAMPION_CHANNEL = 'retune_champion';
export const championWord = z.object({ assistantId: z.uuid(), version: z.number().int().nonnegative() });

/** Tells all nodes, once the transaction is committed, to look at what answers for this assistant. */
export async function tellOf(manager: EntityManager, assistantId: string, version: number): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [CHAMPION_CHANNEL, JSON.stringify({ assistantId, version })]);
}

export interface ChampionEars {
  heard(assistantId: string): void;
  /** Connected, maybe again: words may have been missed. */
  connected(): void;
  lost(reason: string): void;
}

/** Listens until closed. Never throws: failures are told to `ears.lost` and tried again. */
export function listenToChampions(databaseUrl: string, ears: ChampionEars): Listener {
  return listenTo(CHAMPION_CHANNEL, databaseUrl, {
    ...ears,
    heard(payload) {
      const word = championWord.safeParse(payload);
      if (word.success) ears.heard(word.data.assistantId);
    },
  });
}

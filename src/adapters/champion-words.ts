// Hears that a champion changed on any node.
import { z } from 'zod';
import { listenTo, type Listener } from '../database/listener.js';

/** Channel of `NOTIFY`; the payload is `championWord`. */
export const CHAMPION_CHANNEL = 'retune_champion';
export const championWord = z.object({ assistantId: z.uuid(), version: z.number().int().nonnegative() });

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

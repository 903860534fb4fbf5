// The examples that a micro-run chooses from: what it teaches, what is new, a sample of what was learnt, and what is held out.
import { Injectable } from '@nestjs/common';
import type { Example } from '../../database/entities/example.entity.js';
import { ReplayBuffer } from '../replay/replay-buffer.js';
import { ExamplePool } from './example-pool.js';
import type { Candidate } from './select.js';

/** Items of the replay buffer to choose from: some are replayed, and where little is held out others are asked by the gate. */
const LEARNT_MAX = 64;

@Injectable()
export class MicroPool {
  constructor(
    private readonly pool: ExamplePool,
    private readonly replay: ReplayBuffer,
  ) {}

  /** The taught example first, as a new one: it is taught again if it was learnt. */
  async candidates(example: Example, champion: number, seed: number): Promise<Candidate[]> {
    const { assistantId } = example;
    await this.replay.follow(assistantId, champion, seed);
    const others = [
      ...(await this.pool.fresh(assistantId, champion)),
      ...(await this.replay.sample(assistantId, LEARNT_MAX, seed)),
      ...(await this.pool.heldOut(assistantId, champion)),
    ];
    return [{ ...example, learnt: false }, ...others.filter(({ id }) => id !== example.id)];
  }
}

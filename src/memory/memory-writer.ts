// Takes corrections into the memory: at once when this node hears of one, and at start and now and then those that no node took
// (it ended in between, or the memory was off).
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Lines } from '../config/lines.js';
import { RetuneError } from '../config/retune-error.js';
import { Runtime } from '../config/runtime.js';
import { Correction } from '../database/entities/correction.entity.js';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { lockByName } from '../database/lock-by-name.js';
import { Embedder } from '../embedding/embedder.js';
import { CorrectionEvents } from '../feedback/correction-events.js';
import { remembered, type Remembered } from './remembered.js';
import { embedAsked, questionKeyOf, type AskedVectors } from './asked.js';
import { toBytes } from './memory-index.js';

const CATCH_UP_MS = 30_000;
const BATCH = 100;
const LINE = 'corrections';

@Injectable()
export class MemoryWriter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Memory');
  private readonly lines = new Lines();
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
    private readonly embedder: Embedder,
    private readonly events: CorrectionEvents,
    private readonly runtime: Runtime,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.runtime.environment.MEMORY || this.embedder.unavailable !== undefined) return;
    this.subscription = this.events.made$.subscribe(({ correctionId }) => this.inLine(() => this.take(correctionId)));
    this.timer = setInterval(() => this.catchUp(), CATCH_UP_MS).unref();
    this.catchUp();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    this.subscription?.unsubscribe();
    await this.lines.settled();
  }

  private catchUp(): void {
    if (this.lines.lengthOf(LINE) === 0) this.inLine(() => this.takeMissed());
  }

  private inLine(work: () => Promise<void>): void {
    this.lines.run(LINE, work).catch((error: Error) => {
      this.logger.warn(`A correction is not in the memory yet, it is tried again: ${error.message}`);
    });
  }

  private async takeMissed(): Promise<void> {
    for (let missed = [''] as string[]; missed.length > 0 && !this.stopping;) {
      const oldestFirst = { order: { createdAt: 'ASC' }, take: BATCH } as const;
      const found = await this.database.manager.find(Correction, { where: { rememberedAt: IsNull() }, ...oldestFirst });
      missed = found.map(({ id }) => id);
      for (const id of missed) if (!this.stopping) await this.take(id);
    }
  }

  /** Idempotent, on any number of nodes. @throws EmbeddingError and what the database throws; then nothing is changed */
  private async take(correctionId: string): Promise<void> {
    const { manager } = this.database;
    const correction = await manager.findOneBy(Correction, { id: correctionId, rememberedAt: IsNull() });
    if (!correction) return;
    const known = await this.known(correction);
    const vectors = known?.answer === undefined ? undefined : await embedAsked(this.embedder, known.asked);
    await this.database.transaction(async (manager) => {
      const where = { id: correctionId, rememberedAt: IsNull() };
      const { affected } = await manager.update(Correction, where, { rememberedAt: new Date() });
      if (affected && known) await replace(manager, correction, known, vectors);
    });
  }

  /** A correction that can't be used for good is passed over, so that it doesn't keep the others waiting. */
  private async known(correction: Correction): Promise<Remembered | undefined> {
    try {
      return await remembered(this.database.manager, correction, this.assistants, this.runtime.environment);
    } catch (error) {
      if (!(error instanceof RetuneError) || error.kind === 'unavailable') throw error;
      this.logger.warn(`Correction ${correction.id} can't be remembered: ${error.message}`);
      return undefined;
    }
  }
}

/** Puts an entry in the place of the one with the same question, unless that one is newer; without vectors only takes that away. */
async function replace(
  manager: EntityManager,
  { id: correctionId, createdAt }: Correction,
  { assistantId, asked, answer }: Remembered,
  vectors: AskedVectors | undefined,
): Promise<void> {
  const questionKey = questionKeyOf(asked);
  await lockByName(manager, `memory of ${assistantId}`);
  const older = await manager.findOneBy(MemoryEntry, { assistantId, questionKey });
  if (older && older.createdAt > createdAt) return;
  if (older) await manager.remove(older);
  if (!vectors || answer === undefined) return;
  await manager.insert(MemoryEntry, {
    ...{ assistantId, correctionId, question: asked.question, questionKey, answer, createdAt },
    ...{ embedding: toBytes(vectors.question), contextEmbedding: vectors.context ? toBytes(vectors.context) : null },
  });
}

// Takes corrections into the memory: at once when this node hears of one, and at start and now and then those that no node took
// (it ended in between, or the memory was off).
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { AssistantsService } from '../assistants/assistants.service.js';
import { earlierMessages } from '../assistants/earlier-messages.js';
import { Lines } from '../config/lines.js';
import { Runtime } from '../config/runtime.js';
import { Conversation } from '../database/entities/conversation.entity.js';
import { Correction } from '../database/entities/correction.entity.js';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { Message } from '../database/entities/message.entity.js';
import { Embedder } from '../embedding/embedder.js';
import { CorrectionEvents } from '../feedback/correction-events.js';
import { cleanCompletion } from '../feedback/redaction/clean-completion.js';
import { redact, type RedactionOptions } from '../feedback/redaction/redact.js';
import { redactionOptions } from '../feedback/redaction/redaction-options.js';
import { askedOf, embedAsked, questionKeyOf, type Asked } from './asked.js';
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
    private readonly embedder: Embedder,
    private readonly events: CorrectionEvents,
    private readonly runtime: Runtime,
    private readonly assistants: AssistantsService,
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
    const source = await sourceOf(manager, correction);
    const vectors = source && (await embedAsked(this.embedder, source.asked));
    await this.database.transaction(async (manager) => {
      const where = { id: correctionId, rememberedAt: IsNull() };
      const { affected } = await manager.update(Correction, where, { rememberedAt: new Date() });
      if (!affected || !source || !vectors) return;
      const options = await this.redaction(manager, source.assistantId);
      const { text: answer, leaked } = cleanCompletion(correction.text, options);
      // It was written to one customer; nobody else is to read it, nor a placeholder instead.
      if (leaked.length > 0) return;
      const question = redact(source.asked.question, options);
      await replace(manager, {
        ...{ assistantId: source.assistantId, correctionId, question, questionKey: questionKeyOf(source.asked) },
        ...{ answer, createdAt: correction.createdAt, embedding: toBytes(vectors.question) },
        contextEmbedding: vectors.context ? toBytes(vectors.context) : null,
      });
    });
  }

  private async redaction(manager: EntityManager, assistantId: string): Promise<RedactionOptions> {
    const assistant = await this.assistants.byId(assistantId);
    return redactionOptions(
      this.runtime.environment,
      await this.assistants.promptVersion(assistant, undefined, manager),
    );
  }
}

/** What was asked and to whom; undefined when the question is gone or empty. */
async function sourceOf(
  manager: EntityManager,
  { messageId }: Correction,
): Promise<{ assistantId: string; asked: Asked } | undefined> {
  const answer = await manager.findOneBy(Message, { id: messageId });
  const question = answer?.replyToId ? await manager.findOneBy(Message, { id: answer.replyToId }) : null;
  const conversation = question && (await manager.findOneBy(Conversation, { id: question.conversationId }));
  if (!question || !conversation || question.text.trim() === '') return undefined;
  const before = await earlierMessages(manager, question);
  return { assistantId: conversation.assistantId, asked: askedOf(question.text, before) };
}

type NewEntry = Omit<MemoryEntry, 'id' | 'state' | 'retiredByVersion' | 'checkedVersion' | 'hits'>;

/** Puts an entry in the place of the one with the same question, unless that one is newer. */
async function replace(manager: EntityManager, entry: NewEntry): Promise<void> {
  const { assistantId, questionKey } = entry;
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`memory of ${assistantId}`]);
  const known = await manager.findOneBy(MemoryEntry, { assistantId, questionKey });
  if (known && known.createdAt > entry.createdAt) return;
  if (known) await manager.remove(known);
  await manager.insert(MemoryEntry, entry);
}

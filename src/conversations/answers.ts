// Writes answers: the prompt, the version at the start of the turn, the stream, and the row before anybody hears "done".
import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { VersionRouter } from '../adapters/canary/version-router.js';
import { Runtime } from '../config/runtime.js';
import { isLostConnection } from '../database/database-error.js';
import type { Message } from '../database/entities/message.entity.js';
import { Engine, type Generated, type GenerateRequest } from '../inference/engine.js';
import { contractErrorOf } from './ack.js';
import { ConversationsError } from './conversations-error.js';
import { LiveAnswers, type LiveAnswer, type Writer } from './live-answers.js';
import { streamText } from './memory-stream.js';
import { Messages, type Outcome } from './messages.js';
import { PromptBuilder } from './prompt-builder.js';
import { QueueNotice } from './queue-notice.js';
import type { ContractError } from './server-events.schema.js';

/** Who hears about an answer while it is written. */
export interface Audience {
  queued(messageId: string, position: number): void;
  delta(event: { messageId: string; index: number; text: string }): void;
  done(answer: Message): void;
  failed(messageId: string, error: ContractError): void;
}

/** An answer to be written, and for whom. */
export interface Commission {
  assistantId: string;
  /** Whose turn it is where answers wait. */
  fair: { site: string; customer: string };
  answer: Message;
  /** The question, where it is at hand. */
  question?: Message;
  audience: Audience;
}

/** What was written: by the engine, out of the memory, or what the operator wants said where nobody knows. */
type Written = Omit<Generated, 'finishReason'> & { finishReason: Generated['finishReason'] | 'memory' | 'unknown' };

/** How long running answers may go on when the process is asked to end. */
const SHUTDOWN_MS_MAX = 10_000;
/** How long writing down what they came to may take then; both end before the process gives up (`main.ts`). */
const INTERRUPT_MS_MAX = 5_000;
/** One site's share of the line and the slots: whoever floods the line must not shut the others out. */
const SITE_SHARE = 0.9;
const SWEEP_MS = 60_000;
/** An answer unfinished for so long, by nobody on this node, is nobody's. */
const ABANDONED_MS = 15 * 60_000;
/** Waits between tries to write an answer down while the database is away: about half a minute in all. */
const SAVE_RETRY_MS = [200, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

@Injectable()
export class Answers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Answers');
  private stopping = false;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly router: VersionRouter,
    private readonly prompts: PromptBuilder,
    private readonly messages: Messages,
    private readonly live: LiveAnswers,
    private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sweep(0);
    this.sweeper = setInterval(() => void this.sweep(ABANDONED_MS), SWEEP_MS).unref();
  }

  /** Lets running answers end, up to a bound; then ends them, and they count as interrupted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.sweeper);
    if (await this.live.settled(SHUTDOWN_MS_MAX)) return;
    this.live.interruptAll();
    await this.live.settled(INTERRUPT_MS_MAX);
  }

  /**
   * Refuses a message before it is taken, rather than its answer afterwards.
   * @throws ConversationsError `chat.stopping`, `chat.busy`
   */
  checkOpen(site: string): void {
    if (this.stopping) throw new ConversationsError('chat.stopping', 'The service restarts. Please send it again.');
    const { ENGINE_SLOTS, CHAT_MAX_QUEUED } = this.runtime.environment;
    const places = ENGINE_SLOTS + CHAT_MAX_QUEUED;
    if (this.live.count < places && this.live.countOf(site) < Math.ceil(places * SITE_SHARE)) return;
    throw new ConversationsError('chat.busy', 'Very many people ask at the moment. Please send it again in a minute.');
  }

  /** Writes an answer after the conversation's earlier ones. Returns at once. */
  begin(commission: Commission): void {
    this.live.add(commission.answer, commission.fair.site, (live) => this.write(commission, live));
  }

  private async write(commission: Commission, live: LiveAnswer): Promise<void> {
    const { answer, audience } = commission;
    const { writer } = live;
    try {
      const generated = await this.generate(commission, live);
      const outcome = { ...writer, ...outcomeOf(generated, live) };
      // An agent took over, or the customer was erased: what was written is nobody's any more.
      if (!(await this.save(answer.id, outcome))) return;
      if (outcome.status === 'interrupted') {
        audience.failed(answer.id, { code: 'answer.interrupted', message: 'The service restarts; please try again.' });
      } else audience.done({ ...answer, ...outcome });
    } catch (error) {
      const failed = { ...writer, text: live.text, status: 'failed', finishReason: 'error', usage: null } as const;
      if (!live.silenced) audience.failed(answer.id, contractErrorOf(error));
      await this.save(answer.id, { ...failed, latencyMs: Date.now() - live.startedAt }).catch(() => undefined);
    }
  }

  private async generate({ assistantId, fair, question, audience }: Commission, live: LiveAnswer): Promise<Written> {
    const { memory, unknownAnswer, ...prompt } = await this.prompts.build(assistantId, live.answer, question);
    const { turns, promptVersion, fromSeq: promptFromSeq } = prompt;
    const { CHAT_MAX_ANSWER_TOKENS: maxTokens, CHAT_TEMPERATURE: temperature } = this.runtime.environment;
    // Read right before the engine takes the turn: from then on it stays with this version, whatever is promoted.
    const adapter = await this.router.versionFor(assistantId, live.answer);
    Object.assign(live.writer, { adapterVersion: adapter?.version ?? 0, promptVersion, promptFromSeq });
    if (memory.hits.length > 0) live.writer.memoryHits = memory.hits;
    if (memory.verbatim !== undefined) return recite(memory.verbatim, 'memory', live, audience);
    if (unknownAnswer !== undefined) return recite(unknownAnswer, 'unknown', live, audience);
    return this.generated({ adapter, turns, maxTokens, temperature, fair, signal: live.stop.signal }, live, audience);
  }

  private async generated(request: GenerateRequest, live: LiveAnswer, audience: Audience): Promise<Written> {
    const notice = new QueueNotice(live.startedAt, (position) => audience.queued(live.answer.id, position));
    try {
      for await (const event of this.engine.generate({ ...request, onWait: (position) => notice.moved(position) })) {
        notice.end();
        if (event.kind === 'done') return event.result;
        show(event.text, live, audience);
      }
      throw new Error('the engine ended without a result');
    } finally {
      notice.end();
    }
  }

  /** Writes it down; while the database is away, again and again for half a minute. @returns false where nobody wants it any more */
  private async save(answerId: string, outcome: Outcome): Promise<boolean> {
    for (const waitMs of SAVE_RETRY_MS) {
      try {
        return await this.messages.finish(answerId, outcome);
      } catch (error) {
        if (!isLostConnection(error)) throw error;
        await sleep(waitMs);
      }
    }
    return this.messages.finish(answerId, outcome);
  }

  private async sweep(olderThanMs: number): Promise<void> {
    try {
      const olderThan = new Date(Date.now() - olderThanMs);
      const count = await this.messages.interruptAbandoned(olderThan, this.live.ids());
      if (count > 0) this.logger.warn(`${count} unfinished answers of an ended process count as interrupted.`);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
    }
  }
}

/** Says what is written already. */
async function recite(
  text: string,
  source: 'memory' | 'unknown',
  live: LiveAnswer,
  audience: Audience,
): Promise<Written> {
  const { signal } = live.stop;
  for await (const piece of streamText(text, signal)) show(piece, live, audience);
  const finishReason = signal.aborted ? 'stopped' : source;
  return { text: live.text, finishReason, promptTokens: 0, completionTokens: 0 };
}

function show(text: string, live: LiveAnswer, audience: Audience): void {
  if (live.silenced) return;
  live.text += text;
  audience.delta({ messageId: live.answer.id, index: live.nextIndex++, text });
}

function outcomeOf(
  { text, finishReason, promptTokens, completionTokens }: Written,
  { startedAt, interrupted }: LiveAnswer,
): Omit<Outcome, keyof Writer> {
  const early = interrupted ? 'interrupted' : 'stopped';
  return {
    text,
    status: finishReason === 'stopped' ? early : 'complete',
    finishReason: finishReason === 'stopped' ? early : finishReason,
    usage: { promptTokens, completionTokens },
    latencyMs: Date.now() - startedAt,
  };
}

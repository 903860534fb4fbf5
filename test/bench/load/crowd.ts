// The crowd of `npm run bench:load`: many who are only connected, some who talk, and networks that break for half of them at once.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../src/lora/random.js';
import type { ConversationLedger, SentMessage } from './ledger.js';
import { Visitor } from './visitor.js';

export interface CrowdPlan {
  connected: number;
  talking: number;
  /** Mean of the pauses between an answer and the next question. */
  thinkMs: number;
  stormEveryMs: number;
  seed: number;
}

/** What the crowd knows at the end. */
export interface CrowdResult {
  ledgers: ConversationLedger[];
  reconnects: number;
  refusals: Record<string, number>;
  /** Sends or histories that were given up. */
  gaveUp: string[];
}

/** How a question is sent. Mostly as it should be; else as flaky networks and eager clients do. */
const WAYS = [
  'once',
  'once',
  'twice',
  'with the one before again',
  'after the next one',
  'as the network breaks',
] as const;
/** The network breaks so soon after a send that its ack may or may not have come. */
const BREAK_MS_MAX = 30;
/** Then the conversation is over and the next one begins. */
const QUESTIONS_EACH = 6;
const ARRIVING_AT_ONCE = 50;
const STORM_SHARE = 0.5;

export class Crowd {
  private readonly present = new Set<Visitor>();
  private readonly result: CrowdResult = { ledgers: [], reconnects: 0, refusals: {}, gaveUp: [] };
  private readonly random: () => number;

  constructor(
    private readonly url: string,
    private readonly plan: CrowdPlan,
    private readonly questions: readonly string[],
  ) {
    this.random = seededRandom(plan.seed);
  }

  get connected(): number {
    return this.present.size;
  }

  /** Those who only listen. */
  async arrive(): Promise<void> {
    for (let left = this.plan.connected - this.plan.talking; left > 0; left -= ARRIVING_AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(left, ARRIVING_AT_ONCE) }, () => this.enter()));
    }
  }

  /** Talks, with a storm now and then, until the signal; running answers are waited for. */
  async talk(signal: AbortSignal): Promise<CrowdResult> {
    const talkers = Array.from({ length: this.plan.talking }, () => this.keepTalking(signal));
    await Promise.all([...talkers, this.storms(signal)]);
    for (const visitor of this.present) this.leave(visitor);
    return this.result;
  }

  private async enter(): Promise<Visitor> {
    const visitor = await Visitor.arrive(this.url);
    this.present.add(visitor);
    return visitor;
  }

  private leave(visitor: Visitor): void {
    visitor.leave();
    this.present.delete(visitor);
    this.result.reconnects += visitor.reconnects;
    if (visitor.ledger.sent.length > 0) this.result.ledgers.push(visitor.ledger);
    for (const [code, count] of visitor.refusals) {
      this.result.refusals[code] = (this.result.refusals[code] ?? 0) + count;
    }
  }

  private async keepTalking(signal: AbortSignal): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const visitor = await this.enter().catch((error: Error) => void this.result.gaveUp.push(error.message));
      if (!visitor) continue;
      try {
        // Not all at the same moment.
        if (isFirst) await this.think(signal);
        await this.converse(visitor, signal);
        await visitor.catchUp();
      } catch (error) {
        this.result.gaveUp.push((error as Error).message);
      } finally {
        this.leave(visitor);
      }
    }
  }

  private async converse(visitor: Visitor, signal: AbortSignal): Promise<void> {
    for (let asked = 0; asked < QUESTIONS_EACH && !signal.aborted; asked++) {
      const message = this.newMessage();
      const way = WAYS[Math.floor(this.random() * WAYS.length)];
      const sends: Promise<void>[] = [];
      if (way === 'after the next one') sends.push(visitor.send(this.newMessage()));
      const again = way === 'with the one before again' ? visitor.ledger.sent.at(-1) : undefined;
      sends.push(visitor.send(message, { again, copies: way === 'twice' ? 2 : 1 }));
      if (way === 'as the network breaks') {
        await sleep(this.random() * BREAK_MS_MAX);
        visitor.cut();
      }
      await Promise.all(sends);
      for (const sent of visitor.ledger.sent.slice(-sends.length)) await visitor.answered(sent);
      await this.think(signal);
    }
  }

  private newMessage(): SentMessage {
    const text = this.questions[Math.floor(this.random() * this.questions.length)] ?? 'Hello?';
    return { clientMessageId: randomUUID(), text, acks: [] };
  }

  private async storms(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.plan.stormEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      for (const visitor of this.present) if (this.random() < STORM_SHARE) visitor.cut();
    }
  }

  /** Exponentially long, at most four times the mean. */
  private async think(signal: AbortSignal): Promise<void> {
    const ms = this.plan.thinkMs * Math.min(4, -Math.log(1 - this.random()));
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}

// The answers being written or waiting on this node: what was shown so far (for those who join), and how to stop them.
// A conversation writes one answer at a time, in order.
import { Injectable } from '@nestjs/common';
import { Lines } from '../config/lines.js';
import type { Message } from '../database/entities/message.entity.js';

/** What writes an answer, and from which part of the conversation. */
export type Writer = Pick<Message, 'adapterVersion' | 'promptVersion' | 'promptFromSeq' | 'memoryHits'>;

export interface LiveAnswer {
  readonly answer: Message;
  /** Filled in when its turn has come. */
  readonly writer: Writer;
  /** The site key that it was asked with. */
  readonly site: string;
  readonly startedAt: number;
  /** Text shown so far. */
  text: string;
  /** Index of the next delta. */
  nextIndex: number;
  readonly stop: AbortController;
  /** Stopped by us, not by the customer. */
  interrupted: boolean;
  /** An agent took over: what is written from now on is shown to nobody. */
  silenced: boolean;
}

@Injectable()
export class LiveAnswers {
  private readonly live = new Map<string, LiveAnswer>();
  private readonly lines = new Lines();

  /** Runs `write` after the conversation's earlier answers. `write` must not throw. */
  add(answer: Message, site: string, write: (live: LiveAnswer) => Promise<void>): void {
    const stop = new AbortController();
    const live = {
      ...{ answer, site, startedAt: Date.now(), text: '', nextIndex: 0, stop, interrupted: false, silenced: false },
      writer: { adapterVersion: null, promptVersion: null, promptFromSeq: null, memoryHits: null },
    };
    this.live.set(answer.id, live);
    void this.lines.run(answer.conversationId, () => write(live).finally(() => this.live.delete(answer.id)));
  }

  get(answerId: string): LiveAnswer | undefined {
    return this.live.get(answerId);
  }

  /** Stops the answer with this id, or the one to the message with this id. False: there is none. */
  stop(conversationId: string, messageId: string): boolean {
    const found = [...this.live.values()].filter(({ answer }) => {
      return answer.conversationId === conversationId && [answer.id, answer.replyToId].includes(messageId);
    });
    for (const { stop } of found) stop.abort();
    return found.length > 0;
  }

  /** Silences a conversation's answers and ends them. @returns what was shown of each and what wrote it, by its id */
  silence(conversationId: string): Map<string, Pick<LiveAnswer, 'text' | 'writer'>> {
    const silenced = [...this.live.values()].filter(({ answer }) => answer.conversationId === conversationId);
    for (const live of silenced) {
      live.silenced = true;
      live.stop.abort();
    }
    return new Map(silenced.map(({ answer, text, writer }) => [answer.id, { text, writer }]));
  }

  get count(): number {
    return this.live.size;
  }

  countOf(site: string): number {
    return [...this.live.values()].filter((live) => live.site === site).length;
  }

  ids(): string[] {
    return [...this.live.keys()];
  }

  /** Resolves when nothing is being written any more, or after `ms`; false then. */
  async settled(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
    const all = this.lines.settled().then(() => true as const);
    return Promise.race([all, late]).finally(() => clearTimeout(timer));
  }

  /** Ends everything; called when the process is about to end. */
  interruptAll(): void {
    for (const live of this.live.values()) {
      live.interrupted = true;
      live.stop.abort();
    }
  }
}

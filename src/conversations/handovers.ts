// Who answers: the assistant, or an agent who has taken over. The state moves under the conversation's row lock together with its
// record; an answer that is being written then ends there and now, and what the model still writes of it is thrown away.
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Subscription } from 'rxjs';
import { recordAudit } from '../access/audit/record-audit.js';
import { Runtime } from '../config/runtime.js';
import { Conversation, type HandoverState } from '../database/entities/conversation.entity.js';
import { HandoverChange, type HandoverCause } from '../database/entities/handover-change.entity.js';
import { Message } from '../database/entities/message.entity.js';
import { RatingEvents } from '../feedback/rating-events.js';
import { ConversationsError } from './conversations-error.js';
import { LiveAnswers } from './live-answers.js';
import { lockedConversation } from './locked-conversation.js';
import { toDone } from './message-view.js';
import { Rooms } from './rooms.js';
import type { HandoverView } from './server-events.schema.js';

const CUSTOMER = 'customer';

const answeredBy =
  (...states: HandoverState[]) =>
  ({ handover }: Conversation) =>
    states.includes(handover);

/** Each cause moves to one state, when that would change anything. */
const MOVES: Record<HandoverCause, { when: (conversation: Conversation) => boolean; to: HandoverState }> = {
  request: { when: answeredBy('bot'), to: 'waiting' },
  thumbs: { when: answeredBy('bot'), to: 'waiting' },
  cancel: { when: answeredBy('waiting'), to: 'bot' },
  take_over: { when: answeredBy('bot', 'waiting'), to: 'agent' },
  hand_back: { when: answeredBy('agent'), to: 'bot' },
  close: { when: ({ closedAt }) => closedAt === null, to: 'bot' },
  reopen: { when: ({ closedAt }) => closedAt !== null, to: 'bot' },
};

interface Move {
  cause: HandoverCause;
  /** Who moves it: an agent's name, else `customer`. */
  actor: string;
  reason?: string;
}

@Injectable()
export class Handovers implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Handovers');
  private listening: Subscription | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly live: LiveAnswers,
    private readonly rooms: Rooms,
    private readonly ratings: RatingEvents,
    private readonly runtime: Runtime,
  ) {}

  onModuleInit(): void {
    this.listening = this.ratings.changed$.subscribe(({ messageId }) => {
      this.afterRating(messageId).catch((error: Error) => {
        this.logger.warn(`Thumbs down were not counted for a handover: ${error.message}`);
      });
    });
  }

  onModuleDestroy(): void {
    this.listening?.unsubscribe();
  }

  /** A customer wants a person. Does nothing where one is asked for or there already. @returns the state now */
  async request(conversationId: string): Promise<{ state: HandoverState }> {
    const { handover: state } = await this.move(conversationId, { cause: 'request', actor: CUSTOMER });
    return { state };
  }

  /** A customer wants none any more. Does nothing unless one is waited for. @returns the state now */
  async cancel(conversationId: string): Promise<{ state: HandoverState }> {
    const { handover: state } = await this.move(conversationId, { cause: 'cancel', actor: CUSTOMER });
    return { state };
  }

  /**
   * From now on this agent answers. A second time does nothing.
   * @throws ConversationsError `conversation.unknown`, `conversation.taken`
   */
  async takeOver(conversationId: string, agentName: string, reason = ''): Promise<Conversation> {
    const conversation = await this.move(conversationId, { cause: 'take_over', actor: agentName, reason });
    if (conversation.agentName === agentName) return conversation;
    throw new ConversationsError('conversation.taken', `${conversation.agentName} answers this conversation already.`);
  }

  /**
   * From now on the assistant answers again. Any agent may say so: the one who took over may have gone home.
   * @throws ConversationsError `conversation.unknown`
   */
  handBack(conversationId: string, agentName: string, reason = ''): Promise<Conversation> {
    return this.move(conversationId, { cause: 'hand_back', actor: agentName, reason });
  }

  /**
   * It is over: nobody waits, no agent answers. If the customer writes again it is open again, and the assistant's.
   * @throws ConversationsError `conversation.unknown`
   */
  close(conversationId: string, agentName: string, reason = ''): Promise<Conversation> {
    return this.move(conversationId, { cause: 'close', actor: agentName, reason });
  }

  /** @throws ConversationsError `conversation.unknown` */
  reopen(conversationId: string, agentName: string, reason = ''): Promise<Conversation> {
    return this.move(conversationId, { cause: 'reopen', actor: agentName, reason });
  }

  private async afterRating(messageId: string): Promise<void> {
    const limit = this.runtime.environment.HANDOVER_AFTER_THUMBS_DOWN;
    if (limit === 0) return;
    // Only thumbs since the last move count: who cancelled isn't sent to a person again for the same two.
    const [row] = await this.database.query<{ id: string; down: number }[]>(
      `SELECT c.id, (SELECT count(*)::int FROM ratings r JOIN messages m ON m.id = r.message_id
          WHERE m.conversation_id = c.id AND r.rater_kind = 'customer' AND r.value = 'down'
            AND r.updated_at > coalesce(c.handover_at, '-infinity')) AS down
        FROM conversations c JOIN messages rated ON rated.conversation_id = c.id
        WHERE rated.id = $1 AND c.handover = 'bot'`,
      [messageId],
    );
    if (row && row.down >= limit) await this.move(row.id, { cause: 'thumbs', actor: CUSTOMER });
  }

  /** Moves the state where it may be moved from, tells the room, and gives the conversation as it is now. */
  private async move(conversationId: string, move: Move): Promise<Conversation> {
    const { conversation, moved, ended } = await this.database.transaction(async (manager) => {
      const found = await lockedConversation(manager, conversationId, 'conversation.unknown');
      if (!MOVES[move.cause].when(found)) return { conversation: found, moved: false, ended: [] };
      const conversation = await commit(manager, found, move);
      const ended = conversation.handover === 'agent' ? await this.endAnswers(manager, conversationId) : [];
      return { conversation, moved: true, ended };
    });
    for (const answer of ended) this.rooms.tell(conversationId, 'message:done', toDone(answer));
    if (moved) this.rooms.tell(conversationId, 'handover', toHandoverView(conversation));
    return conversation;
  }

  /** Ends what is being written with what was shown of it. */
  private async endAnswers(manager: EntityManager, conversationId: string): Promise<Message[]> {
    // Their rows are locked first, so that an answer which ends at this very moment finds itself ended.
    const where = { conversationId, status: 'writing' } as const;
    const writing = await manager.find(Message, { where, order: { seq: 'ASC' }, lock: { mode: 'pessimistic_write' } });
    const shown = this.live.silence(conversationId);
    const ended: Message[] = [];
    for (const answer of writing) {
      const { text = '', writer } = shown.get(answer.id) ?? {};
      // Of which nothing was shown is no version's answer.
      const end = { status: 'stopped', finishReason: 'handover', text, ...(text === '' ? {} : writer) } as const;
      await manager.update(Message, answer.id, end);
      ended.push({ ...answer, ...end });
    }
    return ended;
  }
}

async function commit(
  manager: EntityManager,
  found: Conversation,
  { cause, actor, reason }: Move,
): Promise<Conversation> {
  const { to } = MOVES[cause];
  const at = new Date();
  const isOver = cause === 'close';
  const now = {
    ...{ handover: to, agentName: to === 'agent' ? actor : null, handoverAt: at },
    ...{ closedAt: isOver ? at : null, closedBy: isOver ? actor : null },
  };
  const record = { conversationId: found.id, cause, fromState: found.handover, toState: to, actor, reason };
  await manager.update(Conversation, found.id, now);
  await manager.save(manager.create(HandoverChange, record));
  // The reason may be about the customer: it stays in the row that goes with the conversation.
  if (actor !== CUSTOMER) {
    await recordAudit(manager, {
      ...{ actor, action: `conversation.${cause}`, assistantId: found.assistantId },
      ...{ target: { kind: 'conversation', id: found.id }, before: { state: found.handover }, after: { state: to } },
    });
  }
  return Object.assign(found, now);
}

/** Who answers, as clients see it. */
export function toHandoverView({ handover, agentName }: Pick<Conversation, 'handover' | 'agentName'>): HandoverView {
  return { state: handover, ...(handover === 'agent' && agentName !== null ? { agentName } : {}) };
}

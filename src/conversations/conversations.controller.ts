// REST of conversations: agents see who waits for them, read, take over, write, and hand back.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { ConversationList } from './conversation-list.js';
import {
  agentMessageAnswerSchema,
  agentMessageSchema,
  conversationDetailSchema,
  conversationIdSchema,
  conversationListSchema,
  conversationMessagesQuerySchema,
  conversationMessagesSchema,
  conversationSchema,
  conversationsQuerySchema,
  handoverOrderSchema,
  toHandoverChangeView,
  type ConversationView,
} from './conversations.schema.js';
import { Handovers } from './handovers.js';
import { LiveAnswers } from './live-answers.js';
import { toDone, toHistoryEntry } from './message-view.js';
import { Messages } from './messages.js';
import { Rooms } from './rooms.js';

const UNKNOWN = { 404: 'There is no such conversation.' };
const Id = () => Param('id', { schema: conversationIdSchema });

@ApiTags('conversations')
@Controller('api/v1/conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationList,
    private readonly handovers: Handovers,
    private readonly messages: Messages,
    private readonly rooms: Rooms,
    private readonly live: LiveAnswers,
  ) {}

  @Get()
  @Endpoint({
    access: 'agent',
    of: 'any',
    summary: 'List conversations by who answers them',
    answer: conversationListSchema,
  })
  async list(
    @Query({ schema: conversationsQuerySchema }) query: z.infer<typeof conversationsQuerySchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof conversationListSchema>> {
    return { conversations: await this.conversations.list({ ...query, of: actor.assistantIds('agent') }) };
  }

  @Get(':id')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Show a conversation',
    answer: conversationDetailSchema,
    failures: UNKNOWN,
  })
  async show(@Id() id: string): Promise<z.infer<typeof conversationDetailSchema>> {
    const conversation = await this.conversations.show(id);
    return { ...conversation, handoverChanges: (await this.conversations.changes(id)).map(toHandoverChangeView) };
  }

  @Get(':id/messages')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Read what was said',
    answer: conversationMessagesSchema,
    failures: UNKNOWN,
  })
  async read(
    @Id() id: string,
    @Query({ schema: conversationMessagesQuerySchema }) slice: z.infer<typeof conversationMessagesQuerySchema>,
  ): Promise<z.infer<typeof conversationMessagesSchema>> {
    await this.conversations.show(id);
    const history = await this.messages.history(id, slice.after, slice.limit);
    // What is being written is looked at last, so that whoever watches can go on with it.
    return {
      messages: history.map(({ message, rating }) => toHistoryEntry(message, rating, this.live.get(message.id))),
    };
  }

  @Post(':id/take-over')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Answer a conversation yourself',
    description: 'For: agent. The assistant is silent from then on; what it was writing ends. Doing it twice is once.',
    answer: conversationSchema,
    failures: { ...UNKNOWN, 409: 'Another agent answers it (`conversation.taken`).' },
  })
  async takeOver(
    @Id() id: string,
    @Body({ schema: handoverOrderSchema }) { reason }: z.infer<typeof handoverOrderSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<ConversationView> {
    await this.handovers.takeOver(id, name, reason);
    return this.conversations.show(id);
  }

  @Post(':id/hand-back')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Let the assistant answer again',
    answer: conversationSchema,
    failures: UNKNOWN,
  })
  async handBack(
    @Id() id: string,
    @Body({ schema: handoverOrderSchema }) { reason }: z.infer<typeof handoverOrderSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<ConversationView> {
    await this.handovers.handBack(id, name, reason);
    return this.conversations.show(id);
  }

  @Post(':id/close')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Put a conversation aside',
    description: 'For: agent. Nobody waits any more and no agent answers. Whatever is said opens it again.',
    answer: conversationSchema,
    failures: UNKNOWN,
  })
  async close(
    @Id() id: string,
    @Body({ schema: handoverOrderSchema }) { reason }: z.infer<typeof handoverOrderSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<ConversationView> {
    await this.handovers.close(id, name, reason);
    return this.conversations.show(id);
  }

  @Post(':id/reopen')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Take a conversation up again that was closed',
    answer: conversationSchema,
    failures: UNKNOWN,
  })
  async reopen(
    @Id() id: string,
    @Body({ schema: handoverOrderSchema }) { reason }: z.infer<typeof handoverOrderSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<ConversationView> {
    await this.handovers.reopen(id, name, reason);
    return this.conversations.show(id);
  }

  @Post(':id/messages')
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Write to the customer',
    description: 'For: the agent who has taken the conversation over.',
    status: 201,
    answer: agentMessageAnswerSchema,
    failures: { ...UNKNOWN, 409: 'You have not taken it over (`conversation.not_yours`).' },
  })
  async write(
    @Id() id: string,
    @Body({ schema: agentMessageSchema }) { text, clientMessageId }: z.infer<typeof agentMessageSchema>,
    @CurrentActor() { name: agentName }: Actor,
  ): Promise<z.infer<typeof agentMessageAnswerSchema>> {
    const { message, repeated } = await this.messages.acceptFromAgent(id, { agentName, text, clientMessageId });
    if (!repeated) this.rooms.tell(id, 'message:done', toDone(message));
    return toDone(message);
  }
}

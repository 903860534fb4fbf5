// REST of the agents' inbox.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { Inbox } from './inbox.js';
import {
  inboxCountsQuerySchema,
  inboxCountsSchema,
  inboxQuerySchema,
  inboxSchema,
  type InboxQuery,
} from './inbox.schema.js';

@ApiTags('conversations')
@Controller('api/v1/inbox')
export class InboxController {
  constructor(private readonly inbox: Inbox) {}

  @Get()
  @Endpoint({
    access: 'agent',
    of: 'any',
    summary: 'List conversations by who has to do something about them',
    answer: inboxSchema,
  })
  list(
    @Query({ schema: inboxQuerySchema }) query: InboxQuery,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof inboxSchema>> {
    return this.inbox.list(query, actor);
  }

  @Get('counts')
  @Endpoint({
    access: 'agent',
    of: 'any',
    summary: 'Count the conversations that wait for a person, and your own',
    answer: inboxCountsSchema,
  })
  counts(
    @Query({ schema: inboxCountsQuerySchema }) { assistant }: z.infer<typeof inboxCountsQuerySchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof inboxCountsSchema>> {
    return this.inbox.counts(assistant, actor);
  }
}

// REST of the review queue, for agents: look, take one, keep a draft, decide, take a decision back.
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { ReviewDecisions } from './review-decisions.js';
import { Reviews } from './reviews.js';
import {
  discardReviewSchema,
  reviewFieldsSchema,
  reviewSchema,
  reviewsPageSchema,
  reviewsQuerySchema,
  type ReviewFields,
  type ReviewView,
} from './reviews.schema.js';

const Id = () => Param('id', { schema: z.uuid() });
const UNKNOWN = { 404: 'There is no such item.' };
const HELD = { ...UNKNOWN, 409: 'It is decided, held by another agent, or your lease has run out.' };

@ApiTags('review')
@Controller('api/v1/reviews')
export class ReviewsController {
  constructor(
    private readonly reviews: Reviews,
    private readonly decisions: ReviewDecisions,
  ) {}

  @Get()
  @Endpoint({
    access: 'agent',
    of: 'any',
    summary: 'Count and list the answers to be looked at',
    description:
      'For: agent. Answers come here when they are rated down, when their customer asks for a person, when they said that they don’t know, or when they ran into the limit of their length.',
    answer: reviewsPageSchema,
  })
  async list(
    @Query({ schema: reviewsQuerySchema }) query: z.infer<typeof reviewsQuerySchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof reviewsPageSchema>> {
    const filter = { ...query, of: actor.assistantIds('agent') };
    const reviews = await this.reviews.list(filter);
    const next = reviews.length === query.limit ? (reviews.at(-1)?.id ?? null) : null;
    return { counts: await this.reviews.counts(filter), reviews, next };
  }

  @Get(':id')
  @Endpoint({ access: 'agent', of: 'message', summary: 'Show an item', answer: reviewSchema, failures: UNKNOWN })
  show(@Id() id: string): Promise<ReviewView> {
    return this.reviews.show(id);
  }

  @Post(':id/lease')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Take an item for five minutes, or keep it',
    answer: reviewSchema,
    failures: { ...UNKNOWN, 409: 'It is decided, or held by another agent.' },
  })
  lease(@Id() id: string, @CurrentActor() { name }: Actor): Promise<ReviewView> {
    return this.reviews.lease(id, name);
  }

  @Delete(':id/lease')
  @Endpoint({ access: 'agent', of: 'message', summary: 'Let go of an item', failures: UNKNOWN })
  release(@Id() id: string, @CurrentActor() { name }: Actor): Promise<void> {
    return this.reviews.release(id, name);
  }

  @Put(':id/draft')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Keep what was said so far',
    description: 'For: agent who holds it. Keeps it five minutes more, too.',
    answer: reviewSchema,
    failures: HELD,
  })
  draft(
    @Id() id: string,
    @Body({ schema: reviewFieldsSchema }) fields: ReviewFields,
    @CurrentActor() { name }: Actor,
  ): Promise<ReviewView> {
    return this.reviews.keepDraft(id, name, fields);
  }

  @Post(':id/submit')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Decide about an item: the thumb, the corrected answer',
    description: 'For: agent who holds it. A text that is the shown one corrects nothing.',
    answer: reviewSchema,
    failures: HELD,
  })
  async submit(
    @Id() id: string,
    @Body({ schema: reviewFieldsSchema }) fields: ReviewFields,
    @CurrentActor() { name: agent }: Actor,
  ): Promise<ReviewView> {
    await this.decisions.submit({ id, agent }, fields);
    return this.reviews.show(id);
  }

  @Post(':id/discard')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Put an item aside that needs nothing',
    description: 'For: agent who holds it.',
    answer: reviewSchema,
    failures: HELD,
  })
  async discard(
    @Id() id: string,
    @Body({ schema: discardReviewSchema }) { reason }: z.infer<typeof discardReviewSchema>,
    @CurrentActor() { name: agent }: Actor,
  ): Promise<ReviewView> {
    await this.decisions.discard({ id, agent }, reason);
    return this.reviews.show(id);
  }

  @Post(':id/undo')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Take a decision back',
    description: 'For: agent. Thumb and correction go; the item is yours, with what was decided as its draft.',
    answer: reviewSchema,
    failures: {
      ...UNKNOWN,
      409: 'Nothing was decided, or a training run has learnt from the correction (`feedback.already_learnt`).',
    },
  })
  async undo(@Id() id: string, @CurrentActor() { name: agent }: Actor): Promise<ReviewView> {
    await this.decisions.undo({ id, agent });
    return this.reviews.show(id);
  }
}

// REST of ratings and corrections.
import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { CorrectionsService } from './corrections.service.js';
import {
  correctionSchema,
  newCorrectionSchema,
  ratingFieldsSchema,
  ratingSchema,
  toExampleView,
} from './feedback.schema.js';
import { Raters } from './rater.js';
import { RatingsService } from './ratings.service.js';

const messageIdSchema = z.uuid();
const FAILURES = {
  404: 'There is no such message, or it belongs to another conversation.',
  409: 'The answer is still being written.',
};

@ApiTags('feedback')
@Controller('api/v1/messages/:id')
export class FeedbackController {
  constructor(
    private readonly ratings: RatingsService,
    private readonly corrections: CorrectionsService,
    private readonly raters: Raters,
  ) {}

  @Post('ratings')
  @ApiBearerAuth('agent')
  @ApiHeader({
    name: 'X-Conversation-Token',
    required: false,
    description: "The customer's proof; agents send their token.",
  })
  @Endpoint({
    access: 'public',
    of: 'message',
    summary: 'Rate an answer, or take a rating back',
    description: "For agents (bearer token) and for the conversation's customer (conversation token).",
    answer: ratingSchema,
    failures: { ...FAILURES, 401: "Neither an agent's nor the conversation's token." },
  })
  async rate(
    @Param('id', { schema: messageIdSchema }) messageId: string,
    @Body({ schema: ratingFieldsSchema }) fields: z.infer<typeof ratingFieldsSchema>,
    @Headers('x-conversation-token') token: string | undefined,
    @CurrentActor() actor: Actor | undefined,
  ): Promise<z.infer<typeof ratingSchema>> {
    const rater = await this.raters.identify(messageId, actor, token);
    const rating = await this.ratings.setRating({ messageId, ...rater, ...fields });
    const { value = null, reasons = [], note = null } = rating ?? {};
    return { messageId, raterKind: rater.raterKind, value, reasons, note };
  }

  @Post('corrections')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Say what an answer should have been',
    answer: correctionSchema,
    status: 201,
    failures: FAILURES,
  })
  async correct(
    @Param('id', { schema: messageIdSchema }) messageId: string,
    @Body({ schema: newCorrectionSchema }) fields: z.infer<typeof newCorrectionSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof correctionSchema>> {
    const { correction, example } = await this.corrections.correct({ messageId, agentId: actor.name, ...fields });
    const { id, text, slice, useForTraining, createdAt } = correction;
    return {
      ...{ id, messageId, agent: actor.name, text, slice, useForTraining },
      example: example ? toExampleView(example) : null,
      createdAt: createdAt.toISOString(),
    };
  }
}

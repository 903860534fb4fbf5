// REST beside one answer, for agents: what was said about it, what a correction would give away, and taking a correction back.
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { CorrectionsService } from '../corrections.service.js';
import { AnswerPanel } from './answer-panel.js';
import {
  answerFeedbackSchema,
  personalDataSchema,
  textToCheckSchema,
  type AnswerFeedbackView,
} from './answer-panel.schema.js';

const Id = () => Param('id', { schema: z.uuid() });
const FAILURES = { 404: 'There is no such message.', 409: 'The answer is still being written.' };

@ApiTags('feedback')
@Controller('api/v1')
export class AnswerPanelController {
  constructor(
    private readonly panel: AnswerPanel,
    private readonly corrections: CorrectionsService,
  ) {}

  @Get('messages/:id/feedback')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Everything that was said about an answer',
    answer: answerFeedbackSchema,
    failures: FAILURES,
  })
  feedback(@Id() messageId: string): Promise<AnswerFeedbackView> {
    return this.panel.of(messageId);
  }

  @Post('messages/:id/personal-data')
  @Endpoint({
    access: 'agent',
    of: 'message',
    summary: 'Look for personal data in a correction before it is sent',
    description: 'For: agent. Nothing is stored.',
    answer: personalDataSchema,
    failures: FAILURES,
  })
  personalData(
    @Id() messageId: string,
    @Body({ schema: textToCheckSchema }) { text }: z.infer<typeof textToCheckSchema>,
  ): Promise<z.infer<typeof personalDataSchema>> {
    return this.panel.personalData(messageId, text);
  }

  @Delete('corrections/:id')
  @Endpoint({
    access: 'agent',
    of: 'correction',
    summary: 'Take a correction back',
    description: 'For: agent. The one before it counts again, if there is one; the memory forgets what it said.',
    failures: {
      404: 'There is no such correction.',
      409: 'A training run has learnt from it, or is about to (`feedback.already_learnt`).',
    },
  })
  withdraw(@Id() id: string, @CurrentActor() { name: agentId }: Actor): Promise<void> {
    return this.corrections.withdraw(id, agentId);
  }
}

// Everything that was said about one answer, for the agent who looks at it; and what a correction of it would give away.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import { ExampleSource } from '../../database/entities/example-source.entity.js';
import { Example } from '../../database/entities/example.entity.js';
import { Message } from '../../database/entities/message.entity.js';
import { Rating } from '../../database/entities/rating.entity.js';
import { toExampleView } from '../feedback.schema.js';
import { findAnswer, promptOf } from '../rated-answer.js';
import { cleanCompletion } from '../redaction/clean-completion.js';
import { findPersonalData } from '../redaction/redact.js';
import type { answerCorrectionSchema, AnswerFeedbackView, personalDataSchema } from './answer-panel.schema.js';

const SHOWN_MAX = 100;

interface CorrectionRow {
  id: string;
  agent_id: string;
  text: string;
  slice: string | null;
  use_for_training: boolean;
  created_at: Date;
  run_id: string | null;
  run_status: string;
}

@Injectable()
export class AnswerPanel {
  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
    private readonly runtime: Runtime,
  ) {}

  /** @throws FeedbackError `feedback.message_unknown`, `feedback.not_an_answer`, `feedback.not_finished` */
  async of(messageId: string): Promise<AnswerFeedbackView> {
    const { manager } = this.database;
    const { message, conversation } = await findAnswer(manager, messageId);
    const question = message.replyToId ? await manager.findOneBy(Message, { id: message.replyToId }) : null;
    const { slug } = await this.assistants.byId(conversation.assistantId);
    const newestFirst = { order: { updatedAt: 'DESC' }, take: SHOWN_MAX } as const;
    const ratings = await manager.find(Rating, { where: { messageId }, ...newestFirst });
    const example = await this.exampleOf(messageId);
    return {
      ...{ messageId, conversationId: conversation.id, assistant: slug },
      ...{ question: question?.text ?? null, answer: message.text, finishReason: message.finishReason },
      ...{ adapterVersion: message.adapterVersion, promptVersion: message.promptVersion },
      memoryHits: message.memoryHits?.length ?? 0,
      ratings: ratings.map(toRatingView),
      corrections: await this.corrections(messageId),
      example: example && toExampleView(example),
    };
  }

  /** What a text holds of personal data, as a correction of this answer; what stands in the company's own texts is public. */
  async personalData(messageId: string, text: string): Promise<z.infer<typeof personalDataSchema>> {
    const { manager } = this.database;
    const answer = await findAnswer(manager, messageId);
    const served = await promptOf(manager, answer, this.assistants, this.runtime.environment);
    const { text: learnt, leaked } = cleanCompletion(text, served?.redaction ?? {});
    return { findings: findPersonalData(text, served?.redaction), learnt, heldBack: leaked.length > 0 };
  }

  private async corrections(messageId: string): Promise<z.infer<typeof answerCorrectionSchema>[]> {
    const rows = await this.database.query<CorrectionRow[]>(
      `SELECT k.id, k.agent_id, k.text, k.slice, k.use_for_training, k.created_at, run.id AS run_id, run.status AS run_status
      FROM corrections k LEFT JOIN LATERAL (
        SELECT id, status FROM training_runs WHERE correction_id = k.id ORDER BY created_at DESC LIMIT 1
      ) run ON true
      WHERE k.message_id = $1 ORDER BY k.created_at DESC, k.id DESC LIMIT ${SHOWN_MAX}`,
      [messageId],
    );
    return rows.map((row, index) => ({
      ...{ id: row.id, agent: row.agent_id, text: row.text, slice: row.slice, useForTraining: row.use_for_training },
      ...{ counts: index === 0, run: row.run_id ? { id: row.run_id, status: row.run_status } : null },
      createdAt: row.created_at.toISOString(),
    }));
  }

  /** The newest one, its own or one that it was merged into. */
  private exampleOf(messageId: string): Promise<Example | null> {
    return this.database.manager
      .createQueryBuilder(Example, 'e')
      .innerJoin(ExampleSource, 's', 's.example_id = e.id AND s.message_id = :messageId', { messageId })
      .orderBy('e.created_at', 'DESC')
      .getOne();
  }
}

function toRatingView({ raterKind, raterId, value, reasons, note, createdAt, updatedAt }: Rating) {
  const agent = raterKind === 'agent' ? raterId : null;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { raterKind, agent, value, reasons, note, ...times };
}

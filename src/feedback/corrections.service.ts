// What agents say an answer should have been. Corrections are kept for ever; the newest one of a message counts.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { Correction } from '../database/entities/correction.entity.js';
import { Example } from '../database/entities/example.entity.js';
import { CorrectionEvents } from './correction-events.js';
import { ExampleEvents } from './example-events.js';
import { Intake } from './intake.js';
import { findAnswer } from './rated-answer.js';

export interface CorrectionRequest {
  messageId: string;
  agentId: string;
  /** Not empty. */
  text: string;
  /** Groups similar questions; without one, the slice of the same question if it is known. */
  slice?: string;
  /** Default true. */
  useForTraining?: boolean;
}

@Injectable()
export class CorrectionsService {
  constructor(
    private readonly database: DataSource,
    private readonly intake: Intake,
    private readonly events: ExampleEvents,
    private readonly corrections: CorrectionEvents,
  ) {}

  /**
   * Records a correction and, in the same transaction, makes the example that replaces what the message taught before.
   * @returns the correction and the example it made, if there was something new to learn
   * @throws FeedbackError `feedback.message_unknown`, `feedback.not_an_answer`, `feedback.not_finished`
   */
  async correct(request: CorrectionRequest): Promise<{ correction: Correction; example: Example | undefined }> {
    const { messageId, agentId, text, slice = null, useForTraining = true } = request;
    const { correction, answer, example } = await this.database.transaction(async (manager) => {
      const answer = await findAnswer(manager, messageId, true);
      const made = manager.create(Correction, { messageId, agentId, text, slice, useForTraining });
      const correction = await manager.save(made);
      await recordAudit(manager, {
        ...{ actor: agentId, action: 'correction.create', assistantId: answer.conversation.assistantId },
        ...{ target: { kind: 'correction', id: correction.id }, after: { messageId, slice, useForTraining } },
      });
      return { correction, answer, example: await this.intake.take(manager, answer) };
    });
    const { assistantId } = answer.conversation;
    this.corrections.made$.next({ correctionId: correction.id, assistantId, messageId });
    if (example) this.events.added$.next({ assistantId, exampleId: example.id });
    return { correction, example };
  }
}

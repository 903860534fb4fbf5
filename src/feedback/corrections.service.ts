// What agents say an answer should have been. All corrections of a message stay, and the newest one counts; only one that nothing has
// learnt from can be taken back.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Correction } from '../database/entities/correction.entity.js';
import { Example } from '../database/entities/example.entity.js';
import { CorrectionEvents } from './correction-events.js';
import { takeOut, write, type CorrectionRequest } from './correction-rows.js';
import { ExampleEvents } from './example-events.js';
import { Intake } from './intake.js';
import { findAnswer } from './rated-answer.js';

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
    const { messageId } = request;
    const { correction, answer, example } = await this.database.transaction(async (manager) => {
      const answer = await findAnswer(manager, messageId, true);
      const correction = await write(manager, answer, request);
      return { correction, answer, example: await this.intake.take(manager, answer) };
    });
    const { assistantId } = answer.conversation;
    this.corrections.made$.next({ correctionId: correction.id, assistantId, messageId });
    if (example) this.events.added$.next({ assistantId, exampleId: example.id });
    return { correction, example };
  }

  /**
   * Takes a correction back, as if it had never been made: the one before it counts again.
   * @throws FeedbackError `feedback.correction_unknown`, `feedback.already_learnt`
   */
  async withdraw(correctionId: string, agentId: string): Promise<void> {
    const { answer, earlier } = await this.database.transaction(async (manager) => {
      const taken = await takeOut(manager, correctionId, agentId);
      await this.intake.take(manager, taken.answer);
      return taken;
    });
    const { message, conversation } = answer;
    if (!earlier) return;
    const { assistantId } = conversation;
    this.corrections.made$.next({ correctionId: earlier.id, assistantId, messageId: message.id });
  }
}

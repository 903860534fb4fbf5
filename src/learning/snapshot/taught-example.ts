// The example that an agent's correction became: what "teach now" is about.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Conversation } from '../../database/entities/conversation.entity.js';
import { Correction } from '../../database/entities/correction.entity.js';
import { ExampleSource } from '../../database/entities/example-source.entity.js';
import { Example } from '../../database/entities/example.entity.js';
import { Message } from '../../database/entities/message.entity.js';
import { exampleQuestionSql } from '../../database/question-sql.js';
import { LearningError } from '../learning-error.js';

@Injectable()
export class TaughtExamples {
  constructor(private readonly database: DataSource) {}

  /**
   * The assistant that the correction is about.
   * @throws LearningError `learning.correction_not_found`
   */
  async assistantOf(correctionId: string): Promise<string> {
    const found = await this.database.manager
      .createQueryBuilder(Correction, 'correction')
      .innerJoin(Message, 'message', 'message.id = correction.message_id')
      .innerJoin(Conversation, 'conversation', 'conversation.id = message.conversation_id')
      .select('conversation.assistant_id', 'assistantId')
      .where('correction.id = :correctionId', { correctionId })
      .getRawOne<{ assistantId: string }>();
    if (found) return found.assistantId;
    throw new LearningError('learning.correction_not_found', 'There is no such correction.', 'notFound');
  }

  /**
   * The correction's example; where the same question and answer were there before, the earlier correction's.
   * @throws LearningError `learning.nothing_to_teach` when the correction isn't for training, was replaced by a newer one, or is
   *   held back
   */
  async of(correctionId: string): Promise<Example> {
    const correction = await this.database.manager.findOneByOrFail(Correction, { id: correctionId });
    const own = await this.database.manager.findOneBy(Example, {
      sourceCorrectionId: correctionId,
      status: 'accepted',
    });
    const example = own ?? (correction.useForTraining ? await this.merged(correction) : null);
    if (example) return example;
    const sentence =
      'This correction teaches nothing: it is not for training, was replaced by a newer one, or is held back.';
    throw new LearningError('learning.nothing_to_teach', sentence, 'conflict');
  }

  /**
   * Moves the question to the training examples: what an agent wants taught now can't be held out any more. The questions that
   * word for word are the same go with it.
   */
  async forTraining({ id, assistantId, split }: Example): Promise<void> {
    if (split === 'train') return;
    await this.database.query(
      `UPDATE examples e SET split = 'train' FROM examples taught
       WHERE taught.id = $1 AND e.assistant_id = $2 AND ${exampleQuestionSql('e')} = ${exampleQuestionSql('taught')}`,
      [id, assistantId],
    );
  }

  /** The example that the correction was merged into. */
  private merged({ messageId }: Correction): Promise<Example | null> {
    return this.database.manager
      .createQueryBuilder(Example, 'e')
      .innerJoin(ExampleSource, 's', 's.example_id = e.id AND s.message_id = :messageId', { messageId })
      .where(`e.status = 'accepted'`)
      .orderBy('e.created_at', 'DESC')
      .getOne();
  }
}

// Corrections in the database, each with its entry in the audit; always inside the caller's transaction, before the intake looks.
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { Correction } from '../database/entities/correction.entity.js';
import { lockExamples } from './example-rows.js';
import { closeReview, reopenReview } from './review/review-rows.js';
import { FeedbackError } from './feedback-error.js';
import { findAnswer, type RatedAnswer } from './rated-answer.js';

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

export async function write(
  manager: EntityManager,
  { conversation }: RatedAnswer,
  {
    messageId,
    agentId,
    text,
    slice = null,
    useForTraining = true,
  }: Omit<CorrectionRequest, 'slice'> & {
    slice?: string | null;
  },
): Promise<Correction> {
  const correction = await manager.save(
    manager.create(Correction, { messageId, agentId, text, slice, useForTraining }),
  );
  await closeReview(manager, { messageId, agentId, correctionId: correction.id });
  await recordAudit(manager, {
    ...{ actor: agentId, action: 'correction.create', assistantId: conversation.assistantId },
    ...{ target: { kind: 'correction', id: correction.id }, after: { messageId, slice, useForTraining } },
  });
  return correction;
}

/**
 * Deletes a correction; its memory entry goes with it. `earlier` is the one that counts from now on, to be remembered anew.
 * @throws FeedbackError `feedback.correction_unknown`, `feedback.already_learnt`
 */
export async function takeOut(
  manager: EntityManager,
  correctionId: string,
  agentId: string,
): Promise<{ answer: RatedAnswer; earlier: Correction | undefined }> {
  const correction = await manager.findOneBy(Correction, { id: correctionId });
  if (!correction) throw unknownCorrection();
  const { messageId, slice, useForTraining } = correction;
  const answer = await findAnswer(manager, messageId, true);
  const { assistantId } = answer.conversation;
  // What an intake or a run's start does to the examples meanwhile must be seen.
  await lockExamples(manager, assistantId);
  if (await isLearnt(manager, correctionId)) {
    const sentence = 'A training run has learnt from this correction, or is about to: write a newer one instead.';
    throw new FeedbackError('feedback.already_learnt', sentence, 'conflict');
  }
  // Else its example would go with it, even where other answers' feedback says the same.
  await manager.query('UPDATE examples SET source_correction_id = NULL WHERE source_correction_id = $1', [
    correctionId,
  ]);
  await reopenReview(manager, correctionId);
  const { affected } = await manager.delete(Correction, correctionId);
  if (!affected) throw unknownCorrection();
  await recordAudit(manager, {
    ...{ actor: agentId, action: 'correction.withdraw', assistantId },
    ...{ target: { kind: 'correction', id: correctionId }, before: { messageId, slice, useForTraining } },
  });
  return { answer, earlier: await remindOfEarlier(manager, messageId) };
}

const unknownCorrection = () =>
  new FeedbackError('feedback.correction_unknown', 'There is no such correction.', 'notFound');

async function isLearnt(manager: EntityManager, correctionId: string): Promise<boolean> {
  const [found] = await manager.query<{ learnt: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM training_runs WHERE correction_id = $1 AND status NOT IN ('failed', 'cancelled'))
      OR EXISTS (SELECT 1 FROM run_examples x JOIN examples e ON e.id = x.example_id
        JOIN training_runs run ON run.id = x.run_id
        WHERE e.source_correction_id = $1 AND run.status NOT IN ('failed', 'cancelled')) AS learnt`,
    [correctionId],
  );
  return found?.learnt ?? false;
}

async function remindOfEarlier(manager: EntityManager, messageId: string): Promise<Correction | undefined> {
  const earlier = await manager.findOne(Correction, { where: { messageId }, order: { createdAt: 'DESC' } });
  if (!earlier) return undefined;
  await manager.update(Correction, earlier.id, { rememberedAt: null });
  return earlier;
}

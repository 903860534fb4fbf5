// Everything the learning module refuses or fails at, with stable codes.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

export type LearningErrorCode =
  | 'learning.nothing_new'
  | 'learning.run_in_progress'
  | 'learning.run_not_found'
  | 'learning.run_finished'
  | 'learning.illegal_transition'
  | 'learning.run_changed'
  | 'learning.too_many_waiting'
  | 'learning.not_to_retry'
  | 'learning.correction_not_found'
  | 'learning.nothing_to_teach'
  | 'learning.snapshot_damaged'
  | 'learning.snapshot_not_written'
  | 'learning.learner_failed'
  | 'learning.learner_died'
  | 'learning.cancelled'
  | 'learning.canary_not_found'
  | 'learning.too_many_canaries';

/** An expected failure of a training run or of a request about one. */
export class LearningError extends RetuneError {
  constructor(code: LearningErrorCode, message: string, kind: ErrorKind = 'invalid', options?: ErrorOptions) {
    super(code, message, kind, options);
  }
}

/** There are no examples that the champion hasn't learnt. */
export function nothingNew(): LearningError {
  const sentence = 'There is nothing new to learn: no corrections or liked answers since the champion was trained.';
  return new LearningError('learning.nothing_new', sentence, 'conflict');
}

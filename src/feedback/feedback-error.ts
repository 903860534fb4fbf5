// The errors of ratings and corrections.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

/** Public codes of this module. */
export type FeedbackErrorCode =
  | 'feedback.message_unknown'
  | 'feedback.foreign_message'
  | 'feedback.not_an_answer'
  | 'feedback.not_finished'
  | 'feedback.rater_unknown'
  | 'feedback.correction_unknown'
  | 'feedback.already_learnt'
  | 'feedback.review_unknown'
  | 'feedback.review_taken'
  | 'feedback.review_not_held'
  | 'feedback.review_decided'
  | 'feedback.review_open'
  | 'feedback.nothing_said'
  | 'feedback.comparison_unknown'
  | 'feedback.comparison_same'
  | 'feedback.example_unknown'
  | 'feedback.not_quarantined'
  | 'feedback.version_unknown'
  | 'feedback.customer_unknown';

export class FeedbackError extends RetuneError {
  constructor(code: FeedbackErrorCode, message: string, kind: ErrorKind) {
    super(code, message, kind);
  }
}

// The errors of turning texts into vectors.
import { RetuneError } from '../config/retune-error.js';

/** Public codes of this module. */
export type EmbeddingErrorCode = 'embedding.unavailable' | 'embedding.failed';

export class EmbeddingError extends RetuneError {
  constructor(code: EmbeddingErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, 'unavailable', options);
  }
}

// The errors of assistants.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

/** Public codes of this module. */
export type AssistantsErrorCode =
  'assistants.unknown' | 'assistants.prompt_version_unknown' | 'assistants.prompt_version_active';

export class AssistantsError extends RetuneError {
  constructor(code: AssistantsErrorCode, message: string, kind: ErrorKind = 'notFound') {
    super(code, message, kind);
  }
}

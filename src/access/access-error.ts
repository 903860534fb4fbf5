// The errors of access control.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

/** Public codes of this module. */
export type AccessErrorCode =
  'access.token_missing' | 'access.token_unknown' | 'access.role_missing' | 'access.tokens_unreadable';

export class AccessError extends RetuneError {
  constructor(code: AccessErrorCode, message: string, kind: ErrorKind, options?: ErrorOptions) {
    super(code, message, kind, options);
  }
}

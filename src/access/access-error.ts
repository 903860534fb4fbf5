// The errors of access control.
import { RetuneError, type ErrorKind, type RetuneErrorOptions } from '../config/retune-error.js';

/** Public codes of this module. */
export type AccessErrorCode =
  | 'access.token_missing'
  | 'access.token_unknown'
  | 'access.role_missing'
  | 'access.tokens_unreadable'
  | 'site.unknown_key'
  | 'site.too_many_keys'
  | 'site.origin_refused'
  | 'identity.invalid'
  | 'identity.expired'
  | 'rate.limited';

export class AccessError extends RetuneError {
  constructor(code: AccessErrorCode, message: string, kind: ErrorKind, options?: RetuneErrorOptions) {
    super(code, message, kind, options);
  }
}

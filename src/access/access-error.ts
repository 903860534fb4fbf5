// The errors of access control.
import { RetuneError, type ErrorKind, type RetuneErrorOptions } from '../config/retune-error.js';

/** Public codes of this module. */
export type AccessErrorCode =
  | 'access.token_missing'
  | 'access.token_unknown'
  | 'access.token_expired'
  | 'access.role_missing'
  | 'access.not_found'
  | 'access.read_only'
  | 'access.password_change_required'
  | 'access.session_ended'
  | 'access.sign_in_refused'
  | 'access.locked_out'
  | 'access.busy'
  | 'access.weak_password'
  | 'access.no_person'
  | 'access.user_unknown'
  | 'access.user_exists'
  | 'access.assistant_unknown'
  | 'access.last_admin'
  | 'access.key_unknown'
  | 'access.cross_site'
  | 'access.oidc_unavailable'
  | 'access.oidc_refused'
  | 'access.oidc_no_account'
  | 'access.oidc_unverified'
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

export function passwordChangeRequired(): AccessError {
  const sentence = 'Choose a password of your own first (PATCH /api/v1/me).';
  return new AccessError('access.password_change_required', sentence, 'forbidden');
}

/** What a key that may only look gets when it wants more. */
export function mayOnlyLook(): AccessError {
  return new AccessError('access.read_only', 'This key may only look.', 'forbidden');
}

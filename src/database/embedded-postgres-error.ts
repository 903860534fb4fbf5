// The error of the embedded Postgres: one sentence that says what to do.
import { RetuneError } from '../config/retune-error.js';

export class EmbeddedPostgresError extends RetuneError {
  constructor(
    code: 'database.account' | 'database.home' | 'database.version' | 'database.start',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, 'unavailable', options);
  }
}

// Tells "Postgres is away" from every other failure, so that each transport can answer it clearly while the service stays up.
import { RetuneError } from '../config/retune-error.js';

/** Public codes of this module. */
export type DatabaseErrorCode = 'database.unavailable' | 'database.refused' | 'database.migration_failed';

export class DatabaseError extends RetuneError {
  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, 'unavailable', options);
  }
}

const LOST_CONNECTION_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENOENT',
    // The socket closed between taking the connection and writing to it.
    'ERR_STREAM_DESTROYED',
    'ERR_STREAM_WRITE_AFTER_END',
  ],
  // Postgres shuts down, crashed, or still starts; too many clients.
  ...['57P01', '57P02', '57P03', '53300'],
]);
const TOO_BUSY_CODES = new Set(['57014', '55P03', '40P01', '40001']);
const LOST_CONNECTION_WORDS =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|not queryable|connection ended|driver not connected|query runner (was )?already released|transaction is not started|already been released to the pool|cannot use a pool after/i;

/** `database.unavailable` when this failure means that Postgres can't be reached now; undefined for any other failure. */
export function asUnavailable(error: unknown): DatabaseError | undefined {
  if (isTooBusy(error)) {
    const sentence = 'The database is too busy at the moment; try again soon.';
    return new DatabaseError('database.unavailable', sentence, { cause: error });
  }
  if (!isLostConnection(error)) return undefined;
  return new DatabaseError('database.unavailable', 'The database is not available at the moment; try again soon.', {
    cause: error,
  });
}

/** Postgres gave up waiting for its turn: a statement or lock timed out, or two transactions waited for each other. */
function isTooBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  return TOO_BUSY_CODES.has(String(code)) || isTooBusy(driverError);
}

/** Whether a failure (or what caused it) is a connection that can't be made or was cut. */
export function isLostConnection(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && (LOST_CONNECTION_CODES.has(code) || code.startsWith('08'))) {
    // A missing file has the same code as a missing Postgres socket.
    return code !== 'ENOENT' || (error as NodeJS.ErrnoException).syscall === 'connect';
  }
  if (LOST_CONNECTION_WORDS.test(error.message)) return true;
  return isLostConnection(driverError, depth + 1) || isLostConnection(error.cause, depth + 1);
}

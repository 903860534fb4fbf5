// The one base of all domain errors: a stable machine-readable code and a sentence a person can act on.
// Transports map it once: socket ack, problem details, exit code (see access/problem-details.ts and conversations/ack.ts).

/** What kind of failure a code is; each transport has one table from this to its own language (HTTP status, ack). */
export type ErrorKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'notFound' | 'conflict' | 'tooLarge' | 'limited' | 'unavailable';

export interface RetuneErrorOptions extends ErrorOptions {
  /** When it is worth to try again. */
  retryAfterMs?: number;
}

/** An expected failure of the domain. `code` is stable and public; `message` says what happened and what to do. */
export class RetuneError extends Error {
  readonly retryAfterMs?: number;

  constructor(
    readonly code: string,
    message: string,
    readonly kind: ErrorKind = 'invalid',
    options?: RetuneErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

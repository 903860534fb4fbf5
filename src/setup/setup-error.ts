// The error of everything that set-up does: one clear sentence that says what to do.
import { RetuneError } from '../config/retune-error.js';

/** What can go wrong; public and stable. */
export type SetupErrorCode =
  | 'setup.chat-kernels'
  | 'setup.checksum'
  | 'setup.disk-full'
  | 'setup.download'
  | 'setup.folder'
  | 'setup.locked'
  | 'setup.model'
  | 'setup.postgres'
  | 'setup.python-missing'
  | 'setup.training-backend'
  | 'setup.unpack';

export class SetupError extends RetuneError {
  declare readonly code: SetupErrorCode;

  constructor(code: SetupErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, 'unavailable', options);
  }
}

/** The message of anything that was thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** The code of a failed system call (`ENOSPC`, `EACCES`, …), or undefined. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

// The errors of the memory.
import { RetuneError } from '../config/retune-error.js';

export class MemoryError extends RetuneError {
  constructor(code: 'memory.entry_unknown', message: string) {
    super(code, message, 'notFound');
  }
}

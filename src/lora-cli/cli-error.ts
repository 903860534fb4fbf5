// What the command refuses to do, in a sentence for the person at the terminal.
import { RetuneError } from '../config/retune-error.js';

/** `usage`: a bad option; `data`: examples that can't be learnt from; `folder`: an output folder that can't be used. */
export class CliError extends RetuneError {
  constructor(code: 'cli.usage' | 'cli.data' | 'cli.folder', message: string, options?: ErrorOptions) {
    super(code, message, 'invalid', options);
  }
}

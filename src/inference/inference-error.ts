// What can go wrong while a model is opened, loaded or asked; `code` is public.
import { RetuneError } from '../config/retune-error.js';

export type InferenceErrorCode =
  | 'engine.model_refused'
  | 'engine.adapter_refused'
  | 'engine.unsupported_template'
  | 'engine.prompt_too_long'
  | 'engine.busy'
  | 'engine.failed'
  | 'engine.closed';

const KINDS = {
  'engine.model_refused': 'invalid',
  'engine.adapter_refused': 'invalid',
  'engine.unsupported_template': 'invalid',
  'engine.prompt_too_long': 'tooLarge',
  'engine.busy': 'unavailable',
  'engine.failed': 'unavailable',
  'engine.closed': 'unavailable',
} as const;

export class InferenceError extends RetuneError {
  constructor(code: InferenceErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, KINDS[code], options);
  }
}

/** Any thrown value as a sentence for an error's message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

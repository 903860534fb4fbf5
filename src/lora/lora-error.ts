// The learner's one error type; `src/lora` stands alone, so it does not use the service's errors.

/** Codes of everything the learner refuses to do. */
export type LoraErrorCode =
  | 'gguf.unreadable'
  | 'gguf.not_gguf'
  | 'gguf.unsupported_version'
  | 'gguf.truncated'
  | 'gguf.unsupported_type'
  | 'gguf.missing'
  | 'gguf.not_finite'
  | 'safetensors.unreadable'
  | 'safetensors.invalid'
  | 'merge.refused'
  | 'model.unsupported_architecture'
  | 'model.invalid'
  | 'adapter.invalid'
  | 'adapter.mismatch'
  | 'backend.unavailable'
  | 'train.nothing_to_learn'
  | 'train.item_too_long'
  | 'memory.too_small'
  | 'train.diverged'
  | 'train.cancelled'
  | 'checkpoint.write_failed'
  | 'checkpoint.invalid';

/** An expected failure with a stable code and a sentence that says what to do. */
export class LoraError extends Error {
  constructor(
    readonly code: LoraErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'LoraError';
  }
}

// Looks at a trained adapter's file before anything else does: whole, a LoRA for this very base model, every number finite. A file
// that fails here never reaches the engine.
import { readBaseSha256, readGgufAdapter } from '../../lora/formats/gguf-adapter.js';
import { LoraError } from '../../lora/lora-error.js';
import { readModelShape } from '../../lora/model/config.js';

/** The base model that is served. */
export interface BaseFile {
  path: string;
  sha256: string;
}

/** `problem`: what is wrong, in a sentence, or null. `norm`: Euclidean norm of all of its values; NaN when there is a problem. */
export interface FileCheck {
  problem: string | null;
  norm: number;
}

/** Reads the whole file. Never throws for what is wrong with it. */
export function checkAdapterFile(path: string, base: BaseFile): FileCheck {
  try {
    const trainedOn = readBaseSha256(path);
    const { values } = readGgufAdapter(path, readModelShape(base.path).config);
    if (trainedOn !== base.sha256) return { problem: wrongBase(trainedOn), norm: NaN };
    return { problem: null, norm: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) };
  } catch (error) {
    if (error instanceof LoraError) return { problem: `The adapter's file can't be used: ${error.message}`, norm: NaN };
    throw error;
  }
}

const wrongBase = (sha256: string | undefined) =>
  sha256
    ? `The adapter was trained on another base model (${sha256.slice(0, 12)}…) than the one that is served.`
    : "The adapter's file doesn't say which base model it was trained on.";

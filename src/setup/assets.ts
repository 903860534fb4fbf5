// Everything that must be on the machine before the service can start, in one call: the start and the tests make it if it is missing.
import { join } from 'node:path';
import { ensureChatKernels, readChatKernels, type ChatKernels } from './chat-kernels.js';
import { ensureEmbeddingModel, readEmbeddingModel, type EmbeddingModel } from './embedding-model.js';
import { withLock } from './lock.js';
import { ensureModel, readModel } from './model.js';
import { cacheFolder } from './paths.js';
import { areLinksRestored, findPostgresBinaries, restoreLinks } from './postgres-binaries.js';
import { ensureTrainingBackend, readTrainingBackend, type TrainingBackend } from './training-backend.js';

/** What set-up made ready; paths are absolute. */
export interface Assets {
  modelPath: string;
  modelSha256: string;
  cacheDir: string;
  trainingBackend: TrainingBackend;
  chatKernels: ChatKernels;
  /** Undefined where MEMORY=false and no earlier set-up brought it. */
  embeddingModel: EmbeddingModel | undefined;
}

export interface EnsureOptions {
  /** Told each step. Default: stderr. */
  log?: (line: string) => void;
  /** Try again for a better training backend and chat kernels where an earlier set-up had to fall back. */
  retryFallback?: boolean;
}

/** What is ready, or undefined if anything is missing. Reads no large file, fetches nothing. @throws SetupError for bad settings */
export function readAssets(): Assets | undefined {
  const cacheDir = cacheFolder();
  const model = readModel(cacheDir);
  const trainingBackend = readTrainingBackend(cacheDir);
  const chatKernels = readChatKernels(cacheDir);
  const embeddingModel = readEmbeddingModel(cacheDir);
  if (!model || !trainingBackend || !chatKernels || !isPostgresReady() || (isMemoryWanted() && !embeddingModel))
    return undefined;
  const made = { cacheDir, trainingBackend, chatKernels, embeddingModel };
  return { modelPath: model.path, modelSha256: model.sha256, ...made };
}

/**
 * Makes ready what is missing: the base model, the embedding model, the training backend, the chat kernels, the links of embedded Postgres. Idempotent; two at once wait for
 * each other.
 * @throws SetupError one sentence that says what to do
 */
export async function ensureAssets({ log = toStderr, retryFallback = false }: EnsureOptions = {}): Promise<Assets> {
  const ready = readAssets();
  const fellBack = ready && (ready.trainingBackend.library !== 'own' || !ready.chatKernels.own);
  const settled = ready && !(retryFallback && fellBack);
  if (settled) return ready;
  const cacheDir = cacheFolder();
  const onWait = (holder: string) => log(`Another set-up is at work (${holder}); waiting for it …`);
  return withLock(join(cacheDir, 'setup.lock'), () => makeReady(cacheDir, log, retryFallback), { onWait });
}

async function makeReady(cacheDir: string, log: (line: string) => void, retryFallback: boolean): Promise<Assets> {
  if (!process.env.DATABASE_URL) await restoreLinks(findPostgresBinaries().folder);
  const model = await ensureModel(cacheDir, log);
  const embeddingModel = isMemoryWanted() ? await ensureEmbeddingModel(cacheDir, log) : readEmbeddingModel(cacheDir);
  const earlier = readTrainingBackend(cacheDir);
  const keep = earlier && (earlier.library === 'own' || !retryFallback);
  const trainingBackend = keep ? earlier : await ensureTrainingBackend(cacheDir, log);
  const earlierKernels = readChatKernels(cacheDir);
  const keepKernels = earlierKernels && (earlierKernels.own || !retryFallback);
  const chatKernels = keepKernels ? earlierKernels : await ensureChatKernels(cacheDir, log);
  const made = { cacheDir, trainingBackend, chatKernels, embeddingModel };
  return { modelPath: model.path, modelSha256: model.sha256, ...made };
}

/** Set-up runs before the environment is parsed as a whole; it reads the few variables that it needs. */
function isMemoryWanted(): boolean {
  return process.env.MEMORY !== 'false' && process.env.MEMORY !== '0';
}

function isPostgresReady(): boolean {
  return Boolean(process.env.DATABASE_URL) || areLinksRestored(findPostgresBinaries().folder);
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

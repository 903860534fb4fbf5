// Everything that must be on the machine before the service can start, in one call: the start and the tests make it if it is missing.
import { join } from 'node:path';
import { ensureChatKernels, readChatKernels, type ChatKernels } from './chat-kernels.js';
import { ensureEmbeddingModel, readEmbeddingModel, type EmbeddingModel } from './embedding-model.js';
import { withLock } from './lock.js';
import { ensureModel, readModel, type BaseModel } from './model.js';
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
  return assetsOf(model, { cacheDir, trainingBackend, chatKernels, embeddingModel });
}

/**
 * Makes ready what is missing: the base model, the embedding model, the training backend, the chat kernels, the links of embedded Postgres.
 * Idempotent; two at once wait for each other.
 * @throws SetupError one sentence that says what to do
 */
export async function ensureAssets({ log = toStderr, retryFallback = false }: EnsureOptions = {}): Promise<Assets> {
  const ready = readAssets();
  const stands = ready && kept(ready.trainingBackend, retryFallback) && kept(ready.chatKernels, retryFallback);
  if (stands) return ready;
  const cacheDir = cacheFolder();
  const onWait = (holder: string) => log(`Another set-up is at work (${holder}); waiting for it …`);
  return withLock(join(cacheDir, 'setup.lock'), () => makeReady(cacheDir, log, retryFallback), { onWait });
}

async function makeReady(cacheDir: string, log: (line: string) => void, retryFallback: boolean): Promise<Assets> {
  if (!process.env.DATABASE_URL) await restoreLinks(findPostgresBinaries().folder);
  const model = await ensureModel(cacheDir, log);
  const embeddingModel = isMemoryWanted() ? await ensureEmbeddingModel(cacheDir, log) : readEmbeddingModel(cacheDir);
  const trainingBackend =
    kept(readTrainingBackend(cacheDir), retryFallback) ?? (await ensureTrainingBackend(cacheDir, log));
  const chatKernels = kept(readChatKernels(cacheDir), retryFallback) ?? (await ensureChatKernels(cacheDir, log));
  return assetsOf(model, { cacheDir, trainingBackend, chatKernels, embeddingModel });
}

function assetsOf({ path, sha256 }: BaseModel, others: Omit<Assets, 'modelPath' | 'modelSha256'>): Assets {
  return { modelPath: path, modelSha256: sha256, ...others };
}

/** What an earlier set-up chose, unless it had to fall back and a better choice may be tried for. */
function kept<T extends TrainingBackend | ChatKernels>(choice: T | undefined, retryFallback: boolean): T | undefined {
  if (!choice || !retryFallback) return choice;
  const isBest = 'library' in choice ? choice.library === 'own' : choice.own;
  return isBest ? choice : undefined;
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

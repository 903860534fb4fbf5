// What this process found at start, for everybody by injection: the parsed environment and the places of things.
import type { Environment } from './environment.js';

export abstract class Runtime {
  abstract readonly environment: Environment;
  /** Absolute path of the base model's GGUF. */
  abstract readonly modelPath: string;
  /** SHA-256 of that file, hexadecimal. */
  abstract readonly modelSha256: string;
  /** Absolute paths of the embedding model's files; undefined when set-up was told to leave it out. */
  abstract readonly embeddingModel: { modelPath: string; tokenizerPath: string } | undefined;
  /** What set-up found this machine to be good for, in words. */
  abstract readonly machine?: { chatKernels: string; trainingBackend: { name: string; reason: string } };
  /** Absolute path of the folder for artifacts (`artifacts/`), runs (`runs/<id>/`), tokens and, if embedded, the database. */
  abstract readonly dataDir: string;
  /** Connection string of the database in use. */
  abstract readonly databaseUrl: string;
}

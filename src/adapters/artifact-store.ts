// Where adapter files live: written once, named by their hash, never overwritten. The port, and the driver for a folder.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdaptersError } from './adapters-error.js';

/** A kept file. */
export interface Artifact {
  /** SHA-256 of its bytes, hexadecimal: its name. */
  sha256: string;
  sizeBytes: number;
}

export abstract class ArtifactStore {
  /**
   * Keeps a copy of a file.
   * @throws AdaptersError `adapters.artifact_unwritable` (disk full, no permission, source missing)
   */
  abstract put(sourcePath: string): Promise<Artifact>;

  /**
   * Absolute path of a kept file on this machine, after a look at every byte of it.
   * @throws AdaptersError `adapters.artifact_missing`, `adapters.artifact_damaged`
   */
  abstract pathOf(sha256: string): Promise<string>;
}

const HASH = /^[0-9a-f]{64}$/;
const READ_ONLY = 0o444;
/** Large reads: each waits its turn in libuv's thread pool, where decodes wait too. */
const READ_BYTES = 4 << 20;

export class FolderArtifactStore extends ArtifactStore {
  constructor(private readonly folder: string) {
    super();
  }

  override async put(sourcePath: string): Promise<Artifact> {
    const incoming = join(this.folder, `.incoming-${randomUUID()}`);
    try {
      await mkdir(this.folder, { recursive: true });
      const artifact = await copyHashed(sourcePath, incoming);
      // A rename is atomic; over an equal file it changes nothing, for the name is the hash.
      await rename(incoming, this.fileOf(artifact.sha256));
      return artifact;
    } catch (cause) {
      await rm(incoming, { force: true });
      throw new AdaptersError(
        'adapters.artifact_unwritable',
        `The adapter file could not be kept in ${this.folder}: ${(cause as Error).message}.`,
        { cause },
      );
    }
  }

  override async pathOf(sha256: string): Promise<string> {
    const path = this.fileOf(sha256);
    const size = await stat(path).catch(() => undefined);
    if (!size) throw new AdaptersError('adapters.artifact_missing', `The adapter file ${sha256}.gguf is missing here.`);
    if ((await hashOf(path)) !== sha256) {
      throw new AdaptersError(
        'adapters.artifact_damaged',
        `The adapter file ${sha256}.gguf is damaged: its content doesn't have this hash.`,
      );
    }
    return path;
  }

  /** Only a hash can name a file, so no name leads out of the folder. */
  private fileOf(sha256: string): string {
    if (!HASH.test(sha256))
      throw new AdaptersError('adapters.artifact_missing', 'This is not the name of an artifact.');
    return join(this.folder, `${sha256}.gguf`);
  }
}

async function copyHashed(source: string, target: string): Promise<Artifact> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(target, 'wx');
  try {
    for await (const chunk of largeReads(source)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
    // On disk before the database names it.
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(target, READ_ONLY);
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of largeReads(path)) hash.update(chunk);
  return hash.digest('hex');
}

const largeReads = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: READ_BYTES });

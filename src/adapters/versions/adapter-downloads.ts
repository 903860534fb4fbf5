// A version's adapter as files to take away: the GGUF as it is served, or converted to a PEFT folder in a tar archive.
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Runtime } from '../../config/runtime.js';
import { AdapterVersions } from '../adapter-versions.js';
import { AdaptersError } from '../adapters-error.js';
import type { PeftOrder } from './peft.worker.js';
import { tarOf } from './tar.js';

const PEFT_FILES = ['adapter_config.json', 'adapter_model.safetensors'];

/** A file on its way to somebody. */
export interface Download {
  stream: Readable;
  sizeBytes: number;
  /** SHA-256 of the adapter's GGUF, hexadecimal. */
  sha256: string;
}

@Injectable()
export class AdapterDownloads {
  constructor(
    private readonly versions: AdapterVersions,
    private readonly runtime: Runtime,
  ) {}

  /** @throws AdaptersError those of `AdapterVersions.fileOf`; version 0 has no adapter (`adapters.version_unknown`) */
  async gguf(assistantId: string, version: number): Promise<Download> {
    const { path, sha256 } = await this.adapterFile(assistantId, version);
    const { size: sizeBytes } = await stat(path);
    return { stream: createReadStream(path), sizeBytes, sha256 };
  }

  /** `adapter_config.json` and `adapter_model.safetensors`, made for this download. @throws like `gguf` */
  async peft(assistantId: string, version: number): Promise<Download> {
    const { path, sha256 } = await this.adapterFile(assistantId, version);
    const folder = await mkdtemp(join(tmpdir(), 'retune-peft-'));
    const remove = () => void rm(folder, { recursive: true, force: true }).catch(() => undefined);
    try {
      const { modelPath } = this.runtime;
      await convert({ adapterPath: path, modelPath, folder, baseModel: basename(modelPath) });
      const entries = PEFT_FILES.map((name) => ({ name, path: join(folder, name) }));
      const { stream, sizeBytes } = await tarOf(entries, new Date());
      stream.once('close', remove);
      return { stream, sizeBytes, sha256 };
    } catch (error) {
      remove();
      throw error;
    }
  }

  private async adapterFile(assistantId: string, version: number): Promise<{ path: string; sha256: string }> {
    const file = await this.versions.fileOf(assistantId, version);
    if (file) return file;
    throw new AdaptersError('adapters.version_unknown', 'Version 0 is the base model; it has no adapter.');
  }
}

function convert(workerData: PeftOrder): Promise<void> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL('./peft.worker.js', import.meta.url), { workerData });
    worker.once('error', fail);
    worker.once('exit', () => done());
  });
}

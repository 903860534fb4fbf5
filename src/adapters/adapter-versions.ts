// The registry of adapter versions: what a training run made, from what, and where its file is. A version never changes
// but for its status.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Runtime } from '../config/runtime.js';
import { AdapterVersion, type Probe } from '../database/entities/adapter-version.entity.js';
import { Assistant } from '../database/entities/assistant.entity.js';
import type { AdapterFile } from '../inference/engine.js';
import { AdaptersError } from './adapters-error.js';
import { ArtifactStore } from './artifact-store.js';

const LISTED_MAX = 200;

/** What a training run hands in. */
export interface NewAdapterVersion {
  assistantId: string;
  /** Version that training started from; 0 is the base model. */
  parentVersion: number;
  runId: string | null;
  /** A finished GGUF LoRA; it is copied. */
  sourcePath: string;
  rank: number;
  alpha: number;
  /** SHA-256 of the base model that it was trained on. */
  baseSha256: string;
  probe: Probe | null;
  gateReport: Record<string, unknown> | null;
  /** What the gate said. */
  status: 'candidate' | 'rejected';
}

@Injectable()
export class AdapterVersions {
  constructor(
    private readonly database: DataSource,
    private readonly artifacts: ArtifactStore,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Keeps the file and gives the version its number, the next one of the assistant.
   * @throws AdaptersError `adapters.artifact_unwritable`
   */
  async register({ sourcePath, ...version }: NewAdapterVersion): Promise<AdapterVersion> {
    const artifact = await this.artifacts.put(sourcePath);
    return this.database.transaction(async (manager) => {
      const { assistantId } = version;
      await manager.findOneOrFail(Assistant, { where: { id: assistantId }, lock: { mode: 'pessimistic_write' } });
      const newest = (await manager.maximum(AdapterVersion, 'version', { assistantId })) ?? 0;
      return manager.save(manager.create(AdapterVersion, { ...version, ...artifact, version: newest + 1 }));
    });
  }

  /** Newest first, at most 200. */
  list(assistantId: string): Promise<AdapterVersion[]> {
    const order = { version: 'DESC' } as const;
    return this.database.manager.find(AdapterVersion, { where: { assistantId }, order, take: LISTED_MAX });
  }

  /** @throws AdaptersError `adapters.version_unknown` */
  async get(assistantId: string, version: number): Promise<AdapterVersion> {
    const found = await this.database.manager.findOneBy(AdapterVersion, { assistantId, version });
    if (found) return found;
    throw new AdaptersError('adapters.version_unknown', `There is no adapter version ${version}.`);
  }

  /**
   * The checked file of a version on this machine; undefined for version 0, the base model.
   * @throws AdaptersError `adapters.version_unknown`, `adapters.wrong_base`, `adapters.artifact_missing`, `adapters.artifact_damaged`
   */
  async fileOf(assistantId: string, version: number): Promise<AdapterFile | undefined> {
    if (version === 0) return undefined;
    const { sha256, baseSha256 } = await this.get(assistantId, version);
    if (baseSha256 !== this.runtime.modelSha256) {
      throw new AdaptersError(
        'adapters.wrong_base',
        `Adapter version ${version} was trained on another base model (${baseSha256.slice(0, 12)}…) than the one served here (${this.runtime.modelSha256.slice(0, 12)}…).`,
      );
    }
    return { assistantId, version, sha256, path: await this.artifacts.pathOf(sha256) };
  }
}

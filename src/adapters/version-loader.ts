// Makes a version ready on this node before anything points at it: its file checked, loaded, and proved to answer.
import { Injectable } from '@nestjs/common';
import { Engine, type AdapterFile } from '../inference/engine.js';
import { AdapterVersions } from './adapter-versions.js';
import { AdaptersError } from './adapters-error.js';
import { VersionRouter } from './canary/version-router.js';
import { runProbe } from './probe.js';

@Injectable()
export class VersionLoader {
  constructor(
    private readonly engine: Engine,
    private readonly versions: AdapterVersions,
    private readonly router: VersionRouter,
  ) {}

  /**
   * Loads and proves a version; undefined for version 0, the base model.
   * @throws AdaptersError `adapters.version_unknown`, `adapters.rejected`, `adapters.probe_failed`, those of
   * `AdapterVersions.fileOf`; InferenceError `engine.adapter_refused`
   */
  async ready(assistantId: string, version: number): Promise<AdapterFile | undefined> {
    if (version === 0) return undefined;
    const { status, probe } = await this.versions.get(assistantId, version);
    if (status === 'rejected') {
      throw new AdaptersError('adapters.rejected', `Version ${version} was rejected, by the gate or as a canary.`);
    }
    const file = await this.versions.fileOf(assistantId, version);
    if (!file) return undefined;
    await this.engine.load(file);
    try {
      if (probe) await runProbe(this.engine, file, probe);
    } catch (error) {
      this.unload(file);
      throw error;
    }
    return file;
  }

  /** Frees a version that was made ready for nothing; one that answers here stays. */
  unload(file: AdapterFile | undefined): void {
    if (!file || this.router.serves(file)) return;
    this.engine.retire(file).catch(() => undefined);
  }
}

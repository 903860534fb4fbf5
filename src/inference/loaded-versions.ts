// Which versions are in memory. A swap makes new contexts, lets the old ones drain and frees them. llama.cpp's binding
// frees a LoRA only together with its model, so there, after a number of retired versions, or a while after the last one, the model
// itself is replaced.
import type { AdapterFile } from './engine.js';
import { gate, type Gate } from './gate.js';
import { InferenceError, reasonOf } from './inference-error.js';
import { VersionContexts, type Layout } from './version-contexts.js';
import type { WritingModel } from './writing.js';

/** One version in memory, with the answers that hold it. */
export interface LoadedVersion {
  readonly adapter: AdapterFile | undefined;
  readonly base: WritingModel;
  readonly contexts: Promise<VersionContexts>;
  running: number;
  draining: boolean;
  freed: boolean;
  /** Opens when its memory is free, or when it was loaded again meanwhile. */
  left: Gate;
}

/** A version held for one answer. */
export interface HeldVersion {
  version: LoadedVersion;
  contexts: VersionContexts;
}

/** Without another retirement for so long, the memory of retired versions is given back. */
const RECYCLE_AFTER_MS = 30_000;

const keyOf = (adapter: AdapterFile | undefined) =>
  adapter ? `${adapter.assistantId}/${adapter.version}/${adapter.sha256}` : 'base';

export class LoadedVersions {
  private readonly current = new Map<string, LoadedVersion>();
  /** Left behind by a change of the model; they finish their answers and go. */
  private readonly leaving = new Set<LoadedVersion>();
  /** Models that were opened anew meanwhile and still have versions in use. */
  private readonly outdated = new Set<WritingModel>();
  private retiredSinceOpen = 0;
  private quiet: NodeJS.Timeout | undefined;
  private closed = false;
  private recycling: Promise<void> = Promise.resolve();

  constructor(
    private base: WritingModel,
    private readonly layout: Layout,
    private readonly reopen: () => Promise<WritingModel>,
    private readonly recycleAfter: number,
    private readonly warn: (message: string) => void,
    private readonly recycleAfterMs = RECYCLE_AFTER_MS,
  ) {}

  get model(): WritingModel {
    return this.base;
  }

  /** Answers that aren't urgent rest between two tokens, or go on; whichever model writes them. */
  pause(isPaused: boolean): void {
    for (const base of [this.base, ...this.outdated]) base.pause(isPaused);
  }

  list(): LoadedVersion[] {
    return [...this.current.values(), ...this.leaving];
  }

  /** @throws InferenceError `engine.adapter_refused`, or `engine.failed` for the base model */
  async load(adapter: AdapterFile | undefined): Promise<void> {
    const loaded = this.current.get(keyOf(adapter));
    const version = loaded ?? this.open(adapter);
    version.draining = false;
    if (loaded) {
      version.left.open();
      version.left = gate();
    }
    await version.contexts;
  }

  /** Resolves when its memory is free. */
  async retire(adapter: AdapterFile): Promise<void> {
    const version = this.current.get(keyOf(adapter));
    if (!version) return;
    version.draining = true;
    const { promise } = version.left;
    this.dropIfIdle(version);
    await promise;
  }

  /**
   * Holds a version for one answer; `letGo` must follow. One that isn't in memory (retired a moment ago, by another
   * node's word) is loaded for this answer only.
   * @throws like `load`
   */
  async hold(adapter: AdapterFile | undefined): Promise<HeldVersion> {
    let version = this.current.get(keyOf(adapter));
    if (!version) {
      version = this.open(adapter);
      version.draining = adapter !== undefined;
    }
    version.running++;
    try {
      return { version, contexts: await version.contexts };
    } catch (error) {
      this.letGo(version);
      throw error;
    }
  }

  letGo(version: LoadedVersion): void {
    version.running--;
    this.dropIfIdle(version);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.quiet);
    await this.recycling;
    await Promise.all(this.list().map(async ({ contexts }) => (await contexts).dispose()));
    this.current.clear();
    await Promise.all([this.base, ...this.outdated].map((base) => base.dispose()));
  }

  private open(adapter: AdapterFile | undefined): LoadedVersion {
    const { base } = this;
    const contexts = VersionContexts.open(base, this.layout, adapter?.path).catch((cause: unknown) => {
      if (this.current.get(keyOf(adapter)) === version) this.current.delete(keyOf(adapter));
      throw refused(adapter, cause);
    });
    const version: LoadedVersion = {
      adapter,
      base,
      contexts,
      running: 0,
      draining: false,
      freed: false,
      left: gate(),
    };
    this.current.set(keyOf(adapter), version);
    return version;
  }

  private dropIfIdle(version: LoadedVersion): void {
    if (version.running > 0 || !version.draining || version.freed) return;
    version.freed = true;
    if (this.current.get(keyOf(version.adapter)) === version) this.current.delete(keyOf(version.adapter));
    this.leaving.add(version);
    void this.free(version);
  }

  private async free(version: LoadedVersion): Promise<void> {
    const contexts = await version.contexts.catch(() => undefined);
    await contexts?.dispose();
    this.leaving.delete(version);
    version.left.open();
    await this.disposeOutdated();
    if (!contexts || version.base !== this.base || this.closed || this.base.freesAdapters) return;
    clearTimeout(this.quiet);
    if (++this.retiredSinceOpen >= this.recycleAfter) this.recycleInLine();
    else this.quiet = setTimeout(() => this.recycleInLine(), this.recycleAfterMs).unref();
  }

  private recycleInLine(): void {
    this.retiredSinceOpen = 0;
    this.recycling = this.recycling
      .then(() => this.recycle())
      .catch((error: unknown) => this.warn(`The model could not be opened anew: ${reasonOf(error)}.`));
  }

  /** Opens the model anew and moves every version over; the old one goes, with all its adapters, after its last answer. */
  private async recycle(): Promise<void> {
    const old = this.base;
    this.base = await this.reopen();
    this.outdated.add(old);
    const moving = [...this.current.values()].filter(({ base }) => base === old);
    for (const version of moving) {
      await this.move(version).catch((error: unknown) => {
        // It stays where it is, and so does the old model, until it is retired.
        this.warn(`Version ${version.adapter?.version ?? 0} stays on the old model: ${reasonOf(error)}.`);
      });
    }
    await this.disposeOutdated();
  }

  private async disposeOutdated(): Promise<void> {
    const inUse = new Set(this.list().map(({ base }) => base));
    const unused = [...this.outdated].filter((base) => !inUse.has(base));
    for (const base of unused) this.outdated.delete(base);
    await Promise.all(unused.map((base) => base.dispose()));
  }

  private async move(version: LoadedVersion): Promise<void> {
    const key = keyOf(version.adapter);
    const isCurrent = () => this.current.get(key) === version;
    if (!isCurrent()) return; // retired meanwhile
    const contexts = version.draining
      ? undefined
      : await VersionContexts.open(this.base, this.layout, version.adapter?.path);
    if (contexts && isCurrent() && !version.draining) {
      const moved = { base: this.base, contexts: Promise.resolve(contexts), running: 0, left: gate() };
      this.current.set(key, { ...version, ...moved });
    } else {
      void contexts?.dispose();
      if (!isCurrent()) return;
      this.current.delete(key);
    }
    version.draining = true;
    this.leaving.add(version);
    this.dropIfIdle(version);
  }
}

function refused(adapter: AdapterFile | undefined, cause: unknown): InferenceError {
  return adapter
    ? new InferenceError(
        'engine.adapter_refused',
        `Adapter version ${adapter.version} can't be used with this base model: ${reasonOf(cause)}.`,
        { cause },
      )
    : new InferenceError('engine.failed', `The model can't be made ready: ${reasonOf(cause)}.`, { cause });
}

// The llama.cpp contexts of one version, and which sequence of which context writes the next answer.
// Several contexts of one thread each decode faster than one with many threads: nothing waits for the slowest, and the prebuilt library makes a
// new thread pool for every token. They are made when the load asks for them and go when idle, so that RAM follows use.
import type { Token } from 'node-llama-cpp';
import type { WritingContext, WritingModel, WritingSequence } from './writing.js';

/** How the answers written at once are spread. */
export interface Layout {
  contexts: number;
  sequencesPerContext: number;
  /** Most threads of one context; see `WritingSettings`. */
  threadsPerContext: number;
  contextTokens: number;
  batchTokens: number;
  draftTokens: number;
}

/** A context with its answers under way; freed when it has had none for a while. */
interface Home {
  readonly context: WritingContext;
  running: number;
  freeing?: NodeJS.Timeout;
}

/** A place where one answer can be written; it keeps its evaluated tokens for the next one that begins the same way. */
export interface Lane {
  readonly sequence: WritingSequence;
  readonly home: Home;
  busy: boolean;
  /** Tokens of the prompt that its answer still has to read. */
  unreadTokens: number;
  usedAt: number;
}

/** An answer beside another in one context costs both about as much as reading this many tokens more. */
const NEIGHBOUR_COST_TOKENS = 64;
const IDLE_CONTEXT_MS = 60_000;

export interface LaneLoad {
  busy: boolean;
  /** Tokens of the prompt that the lane has evaluated already. */
  commonTokens: number;
  /** Answers being written in the same context, and the tokens that they have yet to read. */
  neighbours: number;
  unreadTokens: number;
  /** When it was last taken; a larger number is later. */
  usedAt: number;
}

/** Index of the free lane that costs least, of equals the one unused for longest; undefined when all are busy. */
export function cheapestLane(lanes: LaneLoad[]): number | undefined {
  const cost = ({ neighbours, unreadTokens, commonTokens }: LaneLoad) =>
    neighbours * NEIGHBOUR_COST_TOKENS + unreadTokens - commonTokens;
  const [best] = lanes
    .map((lane, index) => ({ lane, index }))
    .filter(({ lane }) => !lane.busy)
    .sort((a, b) => cost(a.lane) - cost(b.lane) || a.lane.usedAt - b.lane.usedAt);
  return best?.index;
}

export class VersionContexts {
  private lanes: Lane[] = [];
  private clock = 0;
  private growing: Promise<void> | undefined;

  private constructor(
    private readonly model: WritingModel,
    private readonly layout: Layout,
    private readonly adapterPath: string | undefined,
  ) {}

  /** Makes the first context. @throws the binding's error, e.g. when the adapter doesn't fit the model */
  static async open(model: WritingModel, layout: Layout, adapterPath?: string): Promise<VersionContexts> {
    const contexts = new VersionContexts(model, layout, adapterPath);
    await contexts.grow();
    return contexts;
  }

  /**
   * Takes the best free lane. When all contexts have work, another one is made, for which an answer waits only where no lane is free: its memory
   * takes a tenth of a second. There are as many lanes as engine slots.
   * @throws the binding's error when no lane is free and there is no memory for one more context
   */
  async take(prompt: Token[]): Promise<Lane> {
    // If it can't be made, whoever finds no lane hears of it.
    if (this.homes().every(({ running }) => running > 0)) void this.grew().catch(() => undefined);
    while (this.lanes.every(({ busy }) => busy) && (await this.grew()));
    const loads = this.lanes.map(({ busy, sequence, home, usedAt }) => ({
      busy,
      usedAt,
      neighbours: home.running,
      unreadTokens: this.unreadIn(home),
      commonTokens: busy ? 0 : sequence.commonTokens(prompt),
    }));
    const index = cheapestLane(loads) ?? -1;
    const [lane, load] = [this.lanes[index], loads[index]];
    if (!lane || !load) throw new Error('all sequences are busy');
    lane.busy = true;
    lane.unreadTokens = prompt.length - load.commonTokens;
    lane.usedAt = ++this.clock;
    lane.home.running++;
    clearTimeout(lane.home.freeing);
    return lane;
  }

  /** @param broken the answer failed: what the sequence holds can't be trusted */
  async release(lane: Lane, broken: boolean): Promise<void> {
    if (broken) await lane.sequence.reset();
    lane.busy = false;
    lane.unreadTokens = 0;
    if (--lane.home.running === 0 && lane.home !== this.lanes[0]?.home) this.freeSoon(lane.home);
  }

  async dispose(): Promise<void> {
    await this.growing?.catch(() => undefined);
    const homes = this.homes();
    this.lanes = [];
    for (const { freeing } of homes) clearTimeout(freeing);
    await Promise.all(homes.map(({ context }) => context.dispose()));
  }

  private unreadIn(home: Home): number {
    return this.lanes.reduce((sum, lane) => sum + (lane.home === home ? lane.unreadTokens : 0), 0);
  }

  private homes(): Home[] {
    return [...new Set(this.lanes.map(({ home }) => home))];
  }

  /** Makes one more context, once for all who ask at the same time. False: there are as many as may be. */
  private async grew(): Promise<boolean> {
    if (this.homes().length >= this.layout.contexts) return false;
    this.growing ??= this.grow().finally(() => (this.growing = undefined));
    try {
      await this.growing;
      return true;
    } catch (error) {
      // Without memory for one more context the answer goes beside another one, if there is a free lane.
      if (this.lanes.every(({ busy }) => busy)) throw error;
      return false;
    }
  }

  private async grow(): Promise<void> {
    const { sequencesPerContext: sequences, threadsPerContext: threads, ...sizes } = this.layout;
    const settings = { ...sizes, sequences, threads, adapterPath: this.adapterPath };
    const context = await this.model.openContext(settings);
    const home: Home = { context, running: 0 };
    if (this.lanes.length > 0) this.freeSoon(home);
    this.lanes.push(
      ...context.sequences.map((sequence) => ({ sequence, home, busy: false, unreadTokens: 0, usedAt: 0 })),
    );
  }

  private freeSoon(home: Home): void {
    home.freeing = setTimeout(() => {
      this.lanes = this.lanes.filter((lane) => lane.home !== home);
      void home.context.dispose();
    }, IDLE_CONTEXT_MS).unref();
  }
}

// Holds which lane the next answer gets, how lanes are laid out, and when contexts are made and freed.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { layoutFor } from './llama-cpp-engine.js';
import { cheapestLane, VersionContexts, type LaneLoad } from './version-contexts.js';
import type { WritingContext, WritingModel, WritingSequence } from './writing.js';

const lane = (load: Partial<LaneLoad> = {}): LaneLoad => ({
  busy: false,
  commonTokens: 0,
  neighbours: 0,
  unreadTokens: 0,
  usedAt: 0,
  ...load,
});

describe('cheapestLane', () => {
  it('takes none when all are busy', () => {
    expect(cheapestLane([lane({ busy: true, commonTokens: 500 })])).toBeUndefined();
    expect(cheapestLane([])).toBeUndefined();
  });

  it('prefers the lane that knows the prompt, even beside another answer', () => {
    expect(cheapestLane([lane(), lane({ commonTokens: 300, neighbours: 1 })])).toBe(1);
  });

  it('goes to an idle context for a few common tokens', () => {
    expect(cheapestLane([lane({ commonTokens: 30, neighbours: 1 }), lane()])).toBe(1);
  });

  it('goes where less is still to be read', () => {
    expect(cheapestLane([lane({ neighbours: 1, unreadTokens: 300 }), lane({ neighbours: 2, unreadTokens: 20 })])).toBe(
      1,
    );
    expect(cheapestLane([lane({ neighbours: 1 }), lane({ neighbours: 2, unreadTokens: 20 })])).toBe(0);
  });

  it('of equals takes the one unused for longest, so that recent conversations stay warm', () => {
    expect(cheapestLane([lane({ usedAt: 3 }), lane({ usedAt: 1 }), lane({ usedAt: 2 })])).toBe(1);
  });
});

describe('layoutFor', () => {
  const options = { modelPath: '', modelSha256: '', threads: 2, slots: 8, contextTokens: 4096, maxQueued: 1 };

  it('has two one-thread contexts a core where threads don’t stay, and a lane for every slot', () => {
    expect(layoutFor(options, 'single-threads', 2048)).toMatchObject({
      contexts: 4,
      sequencesPerContext: 2,
      threadsPerContext: 1,
      contextTokens: 2048,
    });
    expect(layoutFor({ ...options, slots: 3 }, 'single-threads', 8192)).toMatchObject({
      contexts: 3,
      sequencesPerContext: 1,
    });
  });

  it('has a context a core where threads stay, each with all that are free', () => {
    expect(layoutFor(options, 'shared-threads', 2048)).toMatchObject({
      contexts: 2,
      sequencesPerContext: 4,
      threadsPerContext: 2,
    });
  });

  it('has one context with all sequences on a GPU', () => {
    expect(layoutFor(options, 'gpu', 8192)).toMatchObject({ contexts: 1, sequencesPerContext: 8, contextTokens: 4096 });
  });
});

describe('VersionContexts', () => {
  const layout = {
    contexts: 2,
    sequencesPerContext: 2,
    threadsPerContext: 1,
    contextTokens: 64,
    batchTokens: 8,
    draftTokens: 0,
  };
  afterEach(() => void jest.useRealTimers());

  /** Contexts that are there when `make` is called, the first one at once. */
  async function opened() {
    const waiting: (() => void)[] = [];
    const open = new Set<WritingContext>();
    const openContext = async (): Promise<WritingContext> => {
      if (open.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const sequence = { commonTokens: () => 0, reset: () => Promise.resolve() } as unknown as WritingSequence;
      const context: WritingContext = {
        sequences: Array.from({ length: layout.sequencesPerContext }, () => ({ ...sequence })),
        dispose: () => Promise.resolve(void open.delete(context)),
      };
      open.add(context);
      return context;
    };
    const contexts = await VersionContexts.open({ openContext } as unknown as WritingModel, layout);
    return { contexts, open, make: () => waiting.splice(0).forEach((each) => each()) };
  }

  it('goes beside an answer while another context is being made, and waits for that only where no lane is free', async () => {
    const { contexts, make } = await opened();
    const first = await contexts.take([]);
    const second = await contexts.take([]);
    expect(second.home).toBe(first.home);
    let isTaken = false;
    const third = contexts.take([]).finally(() => (isTaken = true));
    await Promise.resolve();
    expect(isTaken).toBe(false);
    make();
    expect((await third).home).not.toBe(first.home);
  });

  it('frees a further context a minute after its last answer, not after its first', async () => {
    jest.useFakeTimers();
    const { contexts, open, make } = await opened();
    await contexts.take([]);
    await contexts.take([]);
    const third = contexts.take([]);
    make();
    await contexts.release(await third, false);
    await jest.advanceTimersByTimeAsync(50_000);
    const again = await contexts.take([]);
    await jest.advanceTimersByTimeAsync(50_000);
    await contexts.release(again, false);
    await jest.advanceTimersByTimeAsync(50_000);
    expect(open.size).toBe(2);
    await jest.advanceTimersByTimeAsync(11_000);
    expect(open.size).toBe(1);
  });

  it('frees one that was made and never used', async () => {
    jest.useFakeTimers();
    const { contexts, open, make } = await opened();
    await contexts.take([]);
    await contexts.take([]);
    make();
    await jest.advanceTimersByTimeAsync(1);
    expect(open.size).toBe(2);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(open.size).toBe(1);
  });

  it('leaves none open when it goes while one is being made', async () => {
    const { contexts, open, make } = await opened();
    await contexts.take([]);
    await contexts.take([]);
    const gone = contexts.dispose();
    make();
    await gone;
    expect(open.size).toBe(0);
  });
});

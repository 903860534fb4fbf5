// Holds which lane the next answer gets, and how lanes are laid out.
import { describe, expect, it } from '@jest/globals';
import { layoutFor } from './llama-cpp-engine.js';
import { cheapestLane, type LaneLoad } from './version-contexts.js';

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

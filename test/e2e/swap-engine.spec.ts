// Versions in the engine on the real model: loading, swapping under running answers, refusing, recycling.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdapterFile } from '../../src/inference/engine.js';
import { LlamaCppEngine } from '../../src/inference/llama-cpp-engine.js';
import { writeGguf } from '../../src/lora/gguf/write.js';
import { readAssets } from '../../src/setup/assets.js';
import { until } from '../support/chat.js';
import { randomAdapter } from '../support/random-adapter.js';

const modelPath = readAssets()?.modelPath ?? '';
const OPTIONS = { modelPath, modelSha256: '', threads: 2, slots: 4, contextTokens: 512, maxQueued: 20 };
let folder: string;
let engine: LlamaCppEngine;
const file = (version: number): AdapterFile => ({
  assistantId: 'a',
  version,
  ...randomAdapter(modelPath, folder, { seed: version }),
});

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'retune-swap-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function answer(adapter?: AdapterFile, maxTokens = 16, onDelta?: () => void): Promise<string> {
  const turns = [{ role: 'user' as const, content: 'Tell me about your bank.' }];
  for await (const event of engine.generate({ adapter, turns, maxTokens, temperature: 0 })) {
    if (event.kind === 'done') return event.result.text;
    onDelta?.();
  }
  throw new Error('no result');
}
/** An answer that has begun. */
async function begun(adapter: AdapterFile, maxTokens: number): Promise<{ whole: Promise<string> }> {
  let started = false;
  const whole = answer(adapter, maxTokens, () => (started = true));
  await until(() => started);
  return { whole };
}
const loaded = () =>
  engine
    .state()
    .loaded.map(({ version }) => version)
    .sort();
/** While the model is opened anew, what moves over is there twice. */
const untilLoaded = (...versions: number[]) => until(() => loaded().join() === versions.join());

describe.each(['own', 'binding'] as const)('with the writer %s,', (writer) => {
  beforeAll(async () => void (engine = await LlamaCppEngine.open({ ...OPTIONS, writer, recycleAfter: 3 })));
  afterAll(() => engine?.close());

  describe('versions', () => {
    it('answers by the version asked for, each its own way, at the same time', async () => {
      const [one, two] = [file(1), file(4)];
      await Promise.all([engine.load(one), engine.load(two), engine.load(one)]);
      expect(loaded()).toEqual([0, 1, 4]);
      const alone = [await answer(), await answer(one), await answer(two)];
      expect(new Set(alone).size).toBe(3);
      expect(await Promise.all([answer(), answer(one), answer(two)])).toEqual(alone);
      await Promise.all([engine.retire(one), engine.retire(two)]);
      await untilLoaded(0);
    });

    it('lets a running answer end on a retired version, whole, before its memory goes', async () => {
      const three = file(3);
      await engine.load(three);
      const { whole: running } = await begun(three, 60);
      let freed = false;
      const retired = engine.retire(three).then(() => (freed = true));
      expect(engine.state().loaded).toContainEqual({ assistantId: 'a', version: 3, running: 1, draining: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(freed).toBe(false);
      // Whole: as long as it was allowed to be, and not the base model's.
      expect((await running).length).toBeGreaterThan(120);
      expect((await running).slice(0, 12)).not.toBe((await answer()).slice(0, 12));
      await retired;
      await untilLoaded(0);
    });

    it('takes back a version that is still draining', async () => {
      const four = file(2);
      await engine.load(four);
      const { whole: running } = await begun(four, 40);
      const retired = engine.retire(four);
      await engine.load(four);
      await Promise.all([running, retired]);
      expect(engine.state().loaded).toContainEqual({ assistantId: 'a', version: 2, running: 0, draining: false });
      await engine.retire(four);
    });

    it('answers a turn that was routed to a version just before that went', async () => {
      const five = file(3);
      expect(await answer(five)).not.toBe(await answer());
      await untilLoaded(0);
    });

    it('keeps nothing of retired versions, and goes on as it was', async () => {
      const keep = file(6);
      await engine.load(keep);
      const firstWords = async (adapter?: AdapterFile) => (await answer(adapter)).slice(0, 12);
      const before = [await firstWords(), await firstWords(keep)];
      expect(before[0]).not.toBe(before[1]);
      for (const version of [7, 8, 9, 10]) {
        const passing = file(version);
        await engine.load(passing);
        await engine.retire(passing);
        expect([await firstWords(), await firstWords(keep)]).toEqual(before);
      }
      await untilLoaded(0, 6);
      await engine.retire(keep);
    });
  });

  describe('a refused adapter', () => {
    const refused = { code: 'engine.adapter_refused', kind: 'invalid' };

    it.each([
      ['is missing', (_path: string) => undefined],
      ['is truncated', (path: string) => writeFileSync(path, readFileSync(file(11).path).subarray(0, 200_000))],
      ['is no GGUF', (path: string) => writeFileSync(path, 'hello')],
      ['is a model', (path: string) => writeFileSync(path, readFileSync(modelPath).subarray(0, 5_000_000))],
      ['was made for another base model', writeForeignAdapter],
    ])('that %s is said to be so, and serving goes on', async (what, write) => {
      const path = join(folder, `${what.replaceAll(' ', '-')}.gguf`);
      write(path);
      const bad = { assistantId: 'a', version: 99, path, sha256: what };
      await expect(engine.load(bad)).rejects.toMatchObject(refused);
      await expect(answer(bad)).rejects.toMatchObject(refused);
      expect(loaded()).toEqual([0]);
      expect(await answer()).not.toBe('');
    });
  });
});

describe('through the binding, a while after the last retirement', () => {
  it('the model is opened anew, and what was being written on the old one ends there, whole', async () => {
    const own = await LlamaCppEngine.open({ ...OPTIONS, writer: 'binding', recycleAfterMs: 20 });
    const versions = () => own.state().loaded.map(({ version, draining }) => `${version}${draining ? ' leaves' : ''}`);
    try {
      const passing = file(12);
      await own.load(passing);
      const turns = [{ role: 'user' as const, content: 'Tell me about your bank.' }];
      const answer = own.generate({ turns, maxTokens: 150, temperature: 0 });
      await answer.next();
      await own.retire(passing);
      await until(() => versions().join() === '0,0 leaves');
      let whole = '';
      for await (const event of answer) if (event.kind === 'done') whole = event.result.text;
      expect(whole.length).toBeGreaterThan(200);
      await until(() => versions().join() === '0');
    } finally {
      await own.close();
    }
  });
});

function writeForeignAdapter(path: string): void {
  const metadata = { 'general.architecture': 'llama', 'general.type': 'adapter', 'adapter.type': 'lora' };
  writeGguf(
    path,
    [
      ...Object.entries(metadata).map(([key, value]) => ({ key, type: 'string' as const, value })),
      { key: 'adapter.lora.alpha', type: 'float32', value: 8 },
    ],
    [
      { name: 'blk.0.attn_q.weight.lora_a', shape: [4, 1024], values: new Float32Array(4096) },
      { name: 'blk.0.attn_q.weight.lora_b', shape: [1024, 4], values: new Float32Array(4096) },
    ],
  );
}

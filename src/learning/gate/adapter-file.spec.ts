// Each way in which a file can be wrong, on the tiny model.
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeGgufAdapter } from '../../lora/formats/gguf-adapter.js';
import { readModelShape } from '../../lora/model/config.js';
import { createAdapter } from '../../lora/model/lora.js';
import { architectureGguf, TINY_GGUF } from '../../lora/testing/golden.js';
import { checkAdapterFile } from './adapter-file.js';

const BASE = { path: TINY_GGUF, sha256: 'a'.repeat(64) };
const { config } = readModelShape(TINY_GGUF);
let folder: string;
let good: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune-file-'));
  good = join(folder, 'good.gguf');
  writeGgufAdapter(good, createAdapter(config, { rank: 4, alpha: 8, seed: 1 }), config, BASE.sha256);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('checkAdapterFile', () => {
  it('has nothing against a whole file for this base model', () => {
    const { problem, norm } = checkAdapterFile(good, BASE);
    expect(problem).toBeNull();
    expect(norm).toBeGreaterThan(0);
  });

  it.each([10, 200, 3_000])('refuses a file that ends %p bytes early', (missing) => {
    const path = join(folder, `short-${missing}.gguf`);
    copyFileSync(good, path);
    truncateSync(path, statSync(good).size - missing);
    expect(checkAdapterFile(path, BASE).problem).toMatch(/^The adapter's file can't be used: .+/);
  });

  it('refuses one of another base model, by its hash and by its sizes', () => {
    expect(checkAdapterFile(good, { ...BASE, sha256: 'b'.repeat(64) }).problem).toMatch(
      /another base model \(aaaaaaaaaaaa…\)/,
    );
    expect(checkAdapterFile(good, { ...BASE, path: architectureGguf('qwen2') }).problem).toMatch(/can't be used/);
    const nameless = join(folder, 'nameless.gguf');
    writeGgufAdapter(nameless, createAdapter(config, { rank: 4, alpha: 8, seed: 1 }), config);
    expect(checkAdapterFile(nameless, BASE).problem).toMatch(/doesn't say which base model/);
  });

  it('refuses what is no adapter, and what is not there', () => {
    expect(checkAdapterFile(TINY_GGUF, BASE).problem).toMatch(/can't be used/);
    expect(checkAdapterFile(join(folder, 'none.gguf'), BASE).problem).toMatch(/can't be used/);
  });
});

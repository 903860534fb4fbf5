// The command as a person runs it, on the tiny golden model: results, refusals, and that neither kill -9 nor Ctrl-C costs anything.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readGgufAdapter } from '../lora/formats/gguf-adapter.js';
import { readPeftAdapter } from '../lora/formats/peft-adapter.js';
import { openGguf } from '../lora/gguf/read.js';
import { readConfig, type LlamaConfig } from '../lora/model/config.js';
import { readGolden, TINY_GGUF, type TinyGolden } from '../lora/testing/golden.js';
import type { RunRecord } from './run-folder.js';

const STEPS = 45;

describe('retune-train', () => {
  let folder: string;
  let data: string;
  let config: LlamaConfig;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'retune-train-'));
    data = join(folder, 'train.jsonl');
    const { items } = readGolden<TinyGolden>('tiny.json');
    const lines = items.map(({ prompt, completion }) => ({ prompt_tokens: prompt, completion_tokens: completion }));
    writeFileSync(data, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const gguf = openGguf(TINY_GGUF);
    config = readConfig(gguf);
    gguf.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const out = (name: string) => join(folder, name);
  const usual = (name: string) =>
    ['--base', TINY_GGUF, '--data', data, '--out', out(name), '--backend', 'wasm', '--threads', '1'].concat([
      '--rank',
      '2',
      '--epochs',
      String(STEPS / 3),
      '--batch',
      '2',
      '--lr',
      '5e-3',
      '--checkpoint-every',
      '2',
    ]);

  const start = (args: string[]) => {
    const program = ['--import', './test/support/typescript.mjs', 'src/lora-cli/retune-train.ts', ...args];
    const child = spawn(process.execPath, program, { env: { ...process.env, NODE_OPTIONS: '' } });
    const said = { text: '' };
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.text += text));
    return { child, said, ended: ended(child) };
  };
  const ended = (child: ChildProcess) =>
    new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.on('close', (code, signal) => resolve(code ?? signal));
    });
  const finish = async (args: string[]) => {
    const { said, ended: end } = start(args);
    const code = await end;
    return { code, said: said.text };
  };
  const adapterOf = (name: string) => readGgufAdapter(join(out(name), 'adapter.gguf'), config);
  const recordOf = (name: string) => JSON.parse(readFileSync(join(out(name), 'run.json'), 'utf8')) as RunRecord;
  const distance = (a: Float32Array, b: Float32Array) =>
    a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
  const stepsLogged = (name: string) => {
    const path = join(out(name), 'steps.jsonl');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
  };

  it('trains an adapter, and writes down what is needed to repeat the run', async () => {
    const { code, said } = await finish([...usual('whole'), '--format', 'both', '--export-merged', out('merged.gguf')]);
    expect(said).toContain('5 examples to learn, 0 held out.');
    expect(said).toMatch(/step 45\/45 \| loss .* tokens\/s \| 0 s left/);
    expect(code).toBe(0);
    const { status, curve, base, options, result } = recordOf('whole');
    expect({ status, steps: curve.length, sha256: base.sha256.length }).toEqual({
      status: 'done',
      steps: STEPS,
      sha256: 64,
    });
    expect(options).toMatchObject({ lr: 0.005, rank: 2, seed: 0 });
    expect(result?.tokensPerSecond).toBeGreaterThan(0);
    expect(curve.at(-1)?.loss).toBeLessThan(0.8 * (curve[0]?.loss as number));
    expect(distance(readPeftAdapter(out('whole'), config).values, adapterOf('whole').values)).toBe(0);
    expect(existsSync(out('merged.gguf'))).toBe(true);
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('ends with the same adapter when %s came between', async (signal) => {
    const { child, said, ended: end } = start(usual(signal));
    while (stepsLogged(signal) < 7) await sleep(5);
    child.kill(signal);
    expect(await end).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 130);
    expect(existsSync(join(out(signal), 'adapter.gguf'))).toBe(false);
    if (signal === 'SIGINT') expect(said.text).toContain('--resume');
    const resumed = await finish([...usual(signal), '--resume']);
    expect(resumed.code).toBe(0);
    expect(distance(adapterOf(signal).values, adapterOf('whole').values)).toBeLessThanOrEqual(1e-6);
    expect(recordOf(signal).curve.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
    expect(recordOf(signal).result).toMatchObject({ resumed: true });
  });

  it('writes over no run, and resumes none that was started otherwise', async () => {
    const refusals: [string[], string][] = [
      [usual('whole'), 'holds a run'],
      [[...usual('SIGINT'), '--resume', '--lr', '1e-3'], '--lr'],
      [[...usual('nothing'), '--resume'], 'no run to resume'],
    ];
    for (const [args, why] of refusals) {
      const { code, said } = await finish(args);
      expect(code).toBe(1);
      expect(said).toContain(why);
    }
  });

  it('names bad lines and leaves no folder', async () => {
    const bad = join(folder, 'bad.jsonl');
    writeFileSync(bad, '{"prompt_tokens":[1],"completion_tokens":[2]}\n{"messages":[]}\nnot JSON\n');
    const args = usual('bad').map((arg) => (arg === data ? bad : arg));
    const { code, said } = await finish(args);
    expect(code).toBe(1);
    expect(said).toMatch(/line 2: messages: .*\n.*line 3: is not JSON/);
    expect(existsSync(out('bad'))).toBe(false);
  });

  it('says with numbers that nothing fits', async () => {
    const { code, said } = await finish([...usual('small'), '--max-memory', '100MB']);
    expect(code).toBe(1);
    expect(said).toMatch(/Training needs about 0\.\d GB .*; 0\.1 GB can be used/);
    expect(existsSync(out('small'))).toBe(false);
  });

  it('stops on held-out examples and keeps the best adapter', async () => {
    const { code, said } = await finish([...usual('held'), '--heldout', '0.2', '--patience', '1', '--lr', '0.05']);
    expect(said).toContain('4 examples to learn, 1 held out.');
    expect(code).toBe(0);
    const { result, heldOutExamples } = recordOf('held');
    expect(heldOutExamples).toBe(1);
    expect((result?.best as { step: number }).step).toBeGreaterThan(0);
  });
});

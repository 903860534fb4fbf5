// `kill -9` while a run computes or writes its checkpoint, several times, and the adapter is the one of a run that was left alone.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROCESS = join(process.cwd(), 'dist', 'src', 'lora', 'testing', 'train-tiny.process.js');
const KILLS = 6;
/** A life ends within so many steps of its own: all of them together are fewer than the run's 192. */
const LIFE_STEPS_MAX = 30;
/** About a step: the kill may hit any part of it. */
const KILL_DELAY_MS_MAX = 40;

interface Life {
  signal: NodeJS.Signals | null;
  code: number | null;
  /** Steps of this life, and the run's step that it reached. */
  steps: number;
  lastStep: number;
  done?: { steps: number; resumed: boolean };
}

/** Runs the training process until it ends, or until shortly after so many steps of this life. */
function live(folder: string, killAfterSteps?: number): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = fork(PROCESS, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const life: Life = { signal: null, code: null, steps: 0, lastStep: 0 };
    child.on('message', (message: { step?: number; done?: Life['done'] }) => {
      if (message.step !== undefined) {
        life.lastStep = message.step;
        life.steps += 1;
        if (life.steps === killAfterSteps) setTimeout(() => child.kill('SIGKILL'), Math.random() * KILL_DELAY_MS_MAX);
      }
      if (message.done) life.done = message.done;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ ...life, code, signal }));
  });
}

function adapterIn(folder: string): Float32Array {
  const bytes = readFileSync(join(folder, 'adapter.bin'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

describe('a training process that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retune-kill-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends, resumed, with the adapter of an uninterrupted run (max |Δ| ≤ 1e-6)', async () => {
    const [whole, killed] = [mkdtempSync(join(folder, 'whole-')), mkdtempSync(join(folder, 'killed-'))];
    const undisturbed = await live(whole);
    expect(undisturbed).toMatchObject({ code: 0, done: { resumed: false } });
    const reached: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const life = await live(killed, 1 + Math.floor(Math.random() * LIFE_STEPS_MAX));
      expect(life.signal).toBe('SIGKILL');
      expect(existsSync(join(killed, 'adapter.bin'))).toBe(false);
      reached.push(life.lastStep);
    }
    const last = await live(killed);
    expect(last).toMatchObject({ code: 0, done: { resumed: true, steps: undisturbed.done?.steps } });
    expect(reached.at(-1)).toBeGreaterThan(reached[0] as number);
    const [expected, resumed] = [adapterIn(whole), adapterIn(killed)];
    expect(resumed).toHaveLength(expected.length);
    const distance = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (resumed[i] as number))), 0);
    console.log(`killed after steps ${reached.join(', ')} of ${undisturbed.lastStep}: max |Δ| = ${distance}`);
    expect(distance).toBeLessThanOrEqual(1e-6);
  });

  it('that may not write more says so, and leaves the last whole checkpoint to go on from', async () => {
    const dir = mkdtempSync(join(folder, 'full-'));
    await live(dir, 3);
    const before = readFileSync(join(dir, 'checkpoint.bin'));
    // Blocks of 1,024 bytes; the checkpoint takes more.
    const script = 'ulimit -f 4; exec "$0" "$1" "$2"';
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, PROCESS, dir], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /The checkpoint in .* can't be written: .*\(ulimit -f\); make room, then start the run again\./,
    );
    expect(readdirSync(dir)).toEqual(['checkpoint.bin']);
    expect(readFileSync(join(dir, 'checkpoint.bin')).equals(before)).toBe(true);
    expect(await live(dir)).toMatchObject({ code: 0, done: { resumed: true } });
  });
});

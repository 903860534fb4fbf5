import { setTimeout as sleep } from 'node:timers/promises';
import { keepRunning } from './postgres-keeper.js';

/** Waits for something that a timer brings about; a busy machine may take long. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 1_000; tries++) await sleep(5);
}

describe('keepRunning', () => {
  it('restarts what is gone, and not what runs', async () => {
    let isRunning = true;
    let restarts = 0;
    const restart = () => {
      restarts++;
      isRunning = true;
      return Promise.resolve();
    };
    const stop = keepRunning({ isRunning: () => isRunning, restart, log: () => undefined, checkMs: 5 });
    await sleep(30);
    expect(restarts).toBe(0);
    isRunning = false;
    await until(() => isRunning);
    expect(restarts).toBe(1);
    await stop();
    isRunning = false;
    await sleep(30);
    expect(restarts).toBe(1);
  });

  it('gives up on one that keeps dying, and says so', async () => {
    let restarts = 0;
    const lines: string[] = [];
    const restart = () => {
      restarts++;
      return Promise.reject(new Error('no disk'));
    };
    const stop = keepRunning({ isRunning: () => false, restart, log: (line) => lines.push(line), checkMs: 2 });
    await until(() => restarts > 5 || lines.some((line) => line.includes('stays down')));
    await stop();
    expect(restarts).toBe(5);
    expect(lines).toContain('no disk');
    expect(lines.at(-1)).toContain('stays down');
  });
});

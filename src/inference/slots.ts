// How many answers are written at once, and who waits: first come, first served, bounded.
import { InferenceError } from './inference-error.js';

interface Waiting {
  enter(entered: boolean): void;
}

export class Slots {
  private running = 0;
  private readonly line: Waiting[] = [];

  constructor(
    readonly total: number,
    private readonly maxQueued: number,
  ) {}

  get busy(): number {
    return this.running;
  }

  get queued(): number {
    return this.line.length;
  }

  /**
   * Waits for a slot. Resolves with its release, or with undefined when the signal came first.
   * @throws InferenceError `engine.busy` when the line is full
   */
  async take(signal?: AbortSignal): Promise<(() => void) | undefined> {
    if (signal?.aborted) return undefined;
    if (this.running < this.total) this.running++;
    else if (this.line.length >= this.maxQueued) {
      throw new InferenceError('engine.busy', `${this.maxQueued} answers are waiting already. Try again in a moment.`);
    } else if (!(await this.wait(signal))) return undefined;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.line.shift();
      if (next) next.enter(true);
      else this.running--;
    };
  }

  private wait(signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const onAbort = () => {
        this.line.splice(this.line.indexOf(waiting), 1);
        resolve(false);
      };
      const waiting: Waiting = {
        enter: (entered) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(entered);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.line.push(waiting);
    });
  }
}

// How many answers are written at once, and who waits: a bounded line with fair turns, in which everybody is told their position.
import { FairLine, type Turn } from './fair-line.js';
import { InferenceError } from './inference-error.js';

export interface SlotRequest {
  signal?: AbortSignal;
  /** Whose turn it is; what says nothing is a site of its own. */
  turn?: Turn;
  /** Told the position in the line, 1 for the next, at first and when it has changed; never after the slot was taken. */
  onWait?: (position: number) => void;
}

interface Waiting extends Pick<SlotRequest, 'onWait'> {
  told?: number;
  enter(entered: boolean): void;
}

const NOBODYS: Turn = { site: '', customer: '' };
/** Positions are told together, after things have calmed down for so long. */
const TELL_MS = 200;

export class Slots {
  private running = 0;
  private readonly line = new FairLine<Waiting>();
  private telling: NodeJS.Timeout | undefined;

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
  async take(request: SlotRequest = {}): Promise<(() => void) | undefined> {
    if (request.signal?.aborted) return undefined;
    if (this.running < this.total) this.running++;
    else if (this.line.length >= this.maxQueued) {
      throw new InferenceError('engine.busy', `${this.maxQueued} answers are waiting already. Try again in a moment.`);
    } else if (!(await this.wait(request))) return undefined;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.line.next();
      if (next) next.enter(true);
      else this.running--;
    };
  }

  private wait({ signal, turn = NOBODYS, onWait }: SlotRequest): Promise<boolean> {
    return new Promise((resolve) => {
      const onAbort = () => {
        this.line.remove(waiting, turn);
        waiting.enter(false);
      };
      const waiting: Waiting = {
        onWait,
        enter: (entered) => {
          signal?.removeEventListener('abort', onAbort);
          this.tellSoon();
          resolve(entered);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.line.add(waiting, turn);
      this.tellSoon();
    });
  }

  private tellSoon(): void {
    this.telling ??= setTimeout(() => this.tell(), TELL_MS).unref();
  }

  private tell(): void {
    this.telling = undefined;
    for (const [index, waiting] of this.line.order().entries()) {
      const position = index + 1;
      if (waiting.told !== position) waiting.onWait?.(position);
      waiting.told = position;
    }
  }
}

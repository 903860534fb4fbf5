// Who types now: the agent, as the service tells it; and oneself, told to the agent every few seconds while one writes.

/** Whoever types says so again before this is over. */
const SHOWN_MS_MAX = 6_000;
const AGAIN_MS = 3_000;

export class Typing {
  #timer?: ReturnType<typeof setTimeout>;
  #saidAtMs = 0;

  constructor(
    private readonly show: (isTyping: boolean) => void,
    private readonly say: (isTyping: boolean) => void,
  ) {}

  /** The agent has begun or stopped. */
  heard(isTyping: boolean): void {
    clearTimeout(this.#timer);
    this.show(isTyping);
    if (isTyping) this.#timer = setTimeout(() => this.show(false), SHOWN_MS_MAX);
  }

  /** Oneself writes, or doesn't any more. */
  own(isTyping: boolean): void {
    const isDue = isTyping ? Date.now() - this.#saidAtMs > AGAIN_MS : this.#saidAtMs > 0;
    if (!isDue) return;
    this.#saidAtMs = isTyping ? Date.now() : 0;
    this.say(isTyping);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

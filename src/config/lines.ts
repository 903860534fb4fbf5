// Work that must keep its order: one thing at a time for each key, in the order it was asked for; keys don't wait for each other.

export class Lines {
  private readonly lines = new Map<string, { last: Promise<unknown>; length: number }>();

  /** Things of this key that run or wait. The caller bounds it. */
  lengthOf(key: string): number {
    return this.lines.get(key)?.length ?? 0;
  }

  /** Runs `work` after everything of this key that came before, whether that went well or not. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { last: Promise.resolve(), length: 0 };
    const mine = line.last.then(work, work);
    line.last = mine;
    line.length++;
    this.lines.set(key, line);
    const leave = () => {
      if (--line.length === 0) this.lines.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  }

  /** Resolves when all that was asked for by now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.lines.values()].map(({ last }) => last));
  }
}

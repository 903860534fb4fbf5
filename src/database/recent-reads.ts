// What is read from the database again and again and may be a little old: one read serves for a while. Bounded in number and in age.

export class RecentReads<T> {
  private readonly kept = new Map<string, { value: T; readAtMs: number }>();

  /** @param max values kept at once; when one more comes, all are forgotten */
  constructor(
    private readonly max: number,
    private readonly ageMsMax: number,
  ) {}

  /** The value for this key, read now unless it was lately. That there is none is never kept. */
  async get(key: string, read: () => Promise<T>): Promise<T> {
    const recent = this.kept.get(key);
    if (recent && Date.now() - recent.readAtMs < this.ageMsMax) return recent.value;
    this.kept.delete(key);
    const value = await read();
    if (value === undefined || value === null) return value;
    if (this.kept.size >= this.max) this.kept.clear();
    this.kept.set(key, { value, readAtMs: Date.now() });
    return value;
  }

  /** The next reads are fresh. */
  forget(): void {
    this.kept.clear();
  }
}

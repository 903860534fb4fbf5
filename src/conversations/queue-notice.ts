// Tells a customer their position in the waiting line: not before they have waited for a while, then whenever it changes.

/** Most waits are shorter; a number that flickers by would only worry. */
export const QUEUE_NOTICE_MS = 2_000;

export class QueueNotice {
  private position: number | undefined;
  private told: number | undefined;
  private due = false;
  private readonly timer: NodeJS.Timeout;

  /** @param sinceMs when the wait began, as `Date.now()` */
  constructor(
    sinceMs: number,
    private readonly tell: (position: number) => void,
  ) {
    this.timer = setTimeout(
      () => {
        this.due = true;
        this.say();
      },
      Math.max(0, sinceMs + QUEUE_NOTICE_MS - Date.now()),
    );
  }

  moved(position: number): void {
    this.position = position;
    this.say();
  }

  /** The wait is over: nothing more is told. */
  end(): void {
    clearTimeout(this.timer);
    this.due = false;
  }

  private say(): void {
    if (!this.due || this.position === undefined || this.position === this.told) return;
    this.told = this.position;
    this.tell(this.position);
  }
}

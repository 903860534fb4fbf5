// Lets what a swap waits for (loading the version, its probe) go first: answers pause between two tokens, so that it has the cores
// to itself. Without it a probe beside four chats on two cores takes over a second, most of it to read its prompt.

/** No chat pauses longer than this for one load or probe, however long that takes. */
const PAUSE_MS_MAX = 1_000;

export class RightOfWay {
  private urgent = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param pause told when the others are to pause, and when they are to go on */
  constructor(private readonly pause: (isPaused: boolean) => void) {}

  /** Makes the others pause until the returned function is called, or the longest pause is over. */
  take(): () => void {
    if (this.urgent++ === 0) {
      this.pause(true);
      this.timer = setTimeout(() => this.pause(false), PAUSE_MS_MAX);
    }
    let given = false;
    return () => {
      if (given) return;
      given = true;
      if (--this.urgent > 0) return;
      clearTimeout(this.timer);
      this.pause(false);
    };
  }
}

// Lets what a swap waits for (loading the version, its probe) go first: answers pause between two tokens, so that it has the cores
// to itself. Without it a probe beside four chats on two cores takes over a second, most of it to read its prompt.

/** No chat pauses longer than this for one load or probe, however long that takes. */
const PAUSE_MS_MAX = 1_000;

interface Gate {
  promise: Promise<void>;
  open(): void;
}

export class RightOfWay {
  private urgent = 0;
  private clear: Gate | undefined;

  /** Makes the others pause until the returned function is called, or the longest pause is over. */
  take(): () => void {
    this.urgent++;
    this.clear ??= gate();
    const { clear } = this;
    const timer = setTimeout(() => clear.open(), PAUSE_MS_MAX);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      clearTimeout(timer);
      if (--this.urgent > 0) return;
      this.clear = undefined;
      clear.open();
    };
  }

  /** Resolves when nothing urgent is under way; at once, and without a promise, where nothing is. */
  whenClear(): Promise<void> | undefined {
    return this.clear?.promise;
  }
}

function gate(): Gate {
  let open = () => {};
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

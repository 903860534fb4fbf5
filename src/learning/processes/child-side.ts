// The child's end of the line: parses what the parent says, reports back, and ends when the parent is gone.
import { constants, setPriority } from 'node:os';
import { z } from 'zod';

const cancelSchema = z.object({ kind: z.literal('cancel') });

export interface ChildWork<Start, Message extends { kind: string }> {
  start: z.ZodType<Start>;
  /** Does the work; what it returns is sent last. */
  work: (start: Start, say: (message: Message) => void, signal: AbortSignal) => Promise<Message>;
}

/** Waits for the parent's start message, works, reports, and ends this process. */
export function serveParent<Start, Message extends { kind: string }>(child: ChildWork<Start, Message>): void {
  // The parent sets it too, as soon as it can; here before any thread of the work begins.
  setPriority(Number(process.argv[2] ?? constants.priority.PRIORITY_LOW));
  const abort = new AbortController();
  let started = false;
  // The parent died: nobody waits for this work any more, and the next one must find the machine free.
  process.once('disconnect', () => process.exit(1));
  process.on('message', (raw) => {
    if (cancelSchema.safeParse(raw).success) return abort.abort();
    if (started) return;
    started = true;
    void run(child, raw, abort.signal).then(sayLast);
  });
}

async function run<Start, Message extends { kind: string }>(
  { start, work }: ChildWork<Start, Message>,
  raw: unknown,
  signal: AbortSignal,
): Promise<object> {
  try {
    return await work(
      start.parse(raw),
      (message) => void process.send?.(message, undefined, undefined, () => undefined),
      signal,
    );
  } catch (error) {
    console.error(error);
    const { code, message } = error as { code?: unknown; message?: unknown };
    return {
      kind: 'failed',
      code: typeof code === 'string' ? code : 'internal',
      message: typeof message === 'string' ? message : String(error),
    };
  }
}

function sayLast(message: object): void {
  process.send?.(message, undefined, undefined, () => process.exit(0));
}

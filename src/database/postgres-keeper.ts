// Brings the embedded Postgres back when it dies under a running service (killed, out of memory), on the same port, so that
// connection pools find it again. A Postgres that keeps dying is left alone after a few tries.
const CHECK_MS = 1_000;
const RESTARTS_MAX = 5;
const RESTARTS_WINDOW_MS = 10 * 60_000;

export interface KeeperOptions {
  isRunning: () => boolean;
  restart: () => Promise<void>;
  log: (line: string) => void;
  checkMs?: number;
}

/** Watches until the returned function is called; that one also waits for a restart in progress. Doesn't keep the process alive. */
export function keepRunning({ isRunning, restart, log, checkMs = CHECK_MS }: KeeperOptions): () => Promise<void> {
  const restartsMs: number[] = [];
  let working: Promise<void> | undefined;
  const check = () => {
    if (working || isRunning()) return;
    const nowMs = Date.now();
    while (restartsMs.length > 0 && nowMs - (restartsMs[0] ?? nowMs) > RESTARTS_WINDOW_MS) restartsMs.shift();
    if (restartsMs.length >= RESTARTS_MAX) {
      clearInterval(timer);
      log(
        `The embedded Postgres died ${RESTARTS_MAX + 1} times in ten minutes; it stays down until Retune is restarted.`,
      );
      return;
    }
    restartsMs.push(nowMs);
    log('The embedded Postgres is gone; starting it again.');
    working = restart()
      .catch((error: unknown) => log(error instanceof Error ? error.message : String(error)))
      .finally(() => (working = undefined));
  };
  const timer = setInterval(check, checkMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await working;
  };
}

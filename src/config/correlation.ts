// One id per request, carried through every await, so that a log line and the answer a client saw can be matched.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();
/** What a proxy in front of us may hand in; anything else is replaced, so that nobody writes into our logs. */
const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;

/** Runs `work` under an id: the proposed one if it is harmless, else a new one. */
export function withCorrelation<T>(proposed: string | undefined, work: (id: string) => T): T {
  const id = proposed && ACCEPTED.test(proposed) ? proposed : randomUUID();
  return storage.run(id, () => work(id));
}

/** The id of the request at hand; undefined outside of requests. */
export function correlationId(): string | undefined {
  return storage.getStore();
}

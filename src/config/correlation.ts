// One id per request, carried through every await, so that a log line and the answer a client saw can be matched; and who asks, so that
// a record made deep inside says it without every function between handing it on.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** Who does something: a person who signed in, a machine's key, one of the two static tokens, or the service itself. */
export interface Who {
  kind: 'user' | 'key' | 'token' | 'system';
  /** Of the user or key. */
  id: string | null;
  name: string;
}

interface RequestAtHand {
  id: string;
  who?: Who;
}

const storage = new AsyncLocalStorage<RequestAtHand>();
/** What a proxy in front of us may hand in; anything else is replaced, so that nobody writes into our logs. */
const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;

/** Runs `work` under an id: the proposed one if it is harmless, else a new one. */
export function withCorrelation<T>(proposed: string | undefined, work: (id: string) => T): T {
  const id = proposed && ACCEPTED.test(proposed) ? proposed : randomUUID();
  return storage.run({ id }, () => work(id));
}

/** The id of the request at hand; undefined outside of requests. */
export function correlationId(): string | undefined {
  return storage.getStore()?.id;
}

/** Notes who makes the request at hand; nothing outside of requests. */
export function askedBy(who: Who): void {
  const request = storage.getStore();
  if (request) request.who = who;
}

/** Runs what somebody asked for otherwise than by HTTP (an event of a socket), under an id of its own. */
export function runAs<T>(who: Who, work: () => T): T {
  return storage.run({ id: randomUUID(), who }, work);
}

/** Who makes the request at hand; undefined outside of requests and where nobody said who they are. */
export function asker(): Who | undefined {
  return storage.getStore()?.who;
}

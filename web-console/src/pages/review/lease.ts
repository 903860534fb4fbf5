// Holds an item of the queue while it is on the screen: taken when it is opened, kept by a sign of life, let go of when one leaves.
import { useEffect, useState } from 'react';
import { api } from '../../api/client.js';
import { asProblem } from '../../api/problem.js';
import { reviewSchema, type Review } from '../../api/schemas/review.js';

/** Well before the five minutes are over that the service gives. */
const RENEW_MS = 120_000;

export interface Lease {
  /** The item as it is for its holder; undefined while it is being taken, or when it can't be. */
  mine: Review | undefined;
  /** Why it can't be taken. */
  refusal: string | undefined;
}

/** What must have reached the service before an item is let go of. */
const last = new Map<string, Promise<unknown>>();
/** Items on the screen: one that is left and opened again at once is not let go of. */
const shown = new Set<string>();

export function beforeRelease(id: string, work: Promise<unknown>): void {
  last.set(
    id,
    work.catch(() => undefined),
  );
}

export function useLease(id: string): Lease {
  const [lease, setLease] = useState<Lease>({ mine: undefined, refusal: undefined });
  useEffect(() => {
    const path = `/api/v1/reviews/${id}/lease`;
    let left = false;
    shown.add(id);
    const take = () =>
      api.send('POST', path, {}, reviewSchema).then(
        (mine) => !left && setLease((before) => ({ mine: before.mine ?? mine, refusal: undefined })),
        (error: unknown) => !left && setLease({ mine: undefined, refusal: asProblem(error).detail }),
      );
    const taken = take();
    const renewing = setInterval(() => void take(), RENEW_MS);
    return () => {
      left = true;
      shown.delete(id);
      clearInterval(renewing);
      void release(id, taken);
    };
  }, [id]);
  return lease;
}

/** One that was decided meanwhile is let go of already. */
async function release(id: string, taken: Promise<unknown>): Promise<void> {
  await taken;
  await last.get(id);
  last.delete(id);
  if (!shown.has(id)) await api.send('DELETE', `/api/v1/reviews/${id}/lease`).catch(() => undefined);
}

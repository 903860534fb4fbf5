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

/** @param isOpen a decided item needs no lease */
export function useLease(id: string, isOpen: boolean): Lease {
  const [lease, setLease] = useState<Lease>({ mine: undefined, refusal: undefined });
  useEffect(() => {
    if (!isOpen) return undefined;
    const path = `/api/v1/reviews/${id}/lease`;
    let left = false;
    const take = () =>
      api.send('POST', path, {}, reviewSchema).then(
        (mine) => !left && setLease((before) => ({ mine: before.mine ?? mine, refusal: undefined })),
        (error: unknown) => !left && setLease({ mine: undefined, refusal: asProblem(error).detail }),
      );
    const taken = take();
    const renewing = setInterval(() => void take(), RENEW_MS);
    return () => {
      left = true;
      clearInterval(renewing);
      // One that was decided meanwhile is let go of already.
      void taken.then(() => api.send('DELETE', path)).catch(() => undefined);
    };
  }, [id, isOpen]);
  return lease;
}

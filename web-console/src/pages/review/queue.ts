// Which items are in the queue, which one is chosen, and what was decided a moment ago and can be taken back.
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { reviewSchema, reviewsPageSchema, type Review } from '../../api/schemas/review.js';

export type Shown = 'open' | 'submitted' | 'discarded';

const LISTED = 50;

export function useQueue() {
  const [shown, setShown] = useState<Shown>('open');
  const [chosenId, setChosen] = useState<string>();
  /** Decided here, the newest last: out of the list before the service is asked again, and `u` takes the newest back. */
  const [gone, setGone] = useState<string[]>([]);
  const page = useRead('/api/v1/reviews', reviewsPageSchema, {
    ...{ query: { state: shown, limit: LISTED }, live: ['review'], keep: true },
  });
  const listed = page.data?.reviews ?? [];
  const reviews = shown === 'open' ? listed.filter(({ id }) => !gone.includes(id)) : listed;
  const index = Math.max(
    0,
    reviews.findIndex(({ id }) => id === chosenId),
  );
  const chosen: Review | undefined = reviews[index];
  const move = (steps: number) => setChosen(reviews[Math.min(Math.max(index + steps, 0), reviews.length - 1)]?.id);
  const leave = (id: string) => {
    const at = reviews.findIndex((review) => review.id === id);
    setChosen((reviews[at + 1] ?? reviews[at - 1])?.id);
    setGone((before) => [...before, id]);
  };
  const undo = useWrite((id: string) => api.send('POST', `/api/v1/reviews/${id}/undo`, {}, reviewSchema), {
    ...{ done: 'Taken back.', invalidates: ['/api/v1/reviews', '/api/v1/messages'] },
  });
  const takeBack = (id: string | undefined) => {
    if (id === undefined || undo.isPending) return;
    undo.mutate(id, {
      onSuccess: () => {
        setGone((before) => before.filter((each) => each !== id));
        show('open');
        setChosen(id);
      },
    });
  };
  const show = (next: Shown) => {
    setShown(next);
    setChosen(undefined);
  };
  return {
    page,
    reviews,
    shown,
    show,
    chosen,
    choose: setChosen,
    move,
    leave,
    takeBack,
    newest: gone.at(-1),
    hasMoved: chosenId !== undefined,
  };
}

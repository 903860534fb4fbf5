// The comparison at hand: the next one, its vote, and the one after it, which is written while one reads.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { blindComparisonSchema, comparisonSchema, type Comparison } from '../../api/schemas/review.js';
import { assistantBase } from '../assistant-base.js';

export type VoteValue = 'a' | 'b' | 'both' | 'neither';

export function useComparison(slug: string) {
  const path = `${assistantBase(slug)}/comparisons`;
  const client = useQueryClient();
  const [turn, setTurn] = useState(0);
  const [voted, setVoted] = useState<Comparison>();
  const key = ['comparison', slug, turn];
  // Two answers are written for it: once, and not again because it is some time ago.
  const next = useQuery({
    queryKey: key,
    queryFn: () => api.send('POST', path, {}, blindComparisonSchema),
    ...{ staleTime: Infinity, retry: false, refetchOnWindowFocus: false },
  });
  const invalidates = [path];
  const send = useWrite(
    ({ id, vote }: { id: string; vote: VoteValue | null }) =>
      api.send('POST', `/api/v1/comparisons/${id}/vote`, { vote }, comparisonSchema),
    { invalidates },
  );
  const vote = (value: VoteValue) => {
    if (!next.data || voted || send.isPending) return;
    send.mutate({ id: next.data.id, vote: value }, { onSuccess: setVoted });
  };
  const takeBack = () => {
    if (voted && !send.isPending) send.mutate({ id: voted.id, vote: null }, { onSuccess: () => setVoted(undefined) });
  };
  const goOn = () => {
    if (!voted) return;
    setVoted(undefined);
    client.removeQueries({ queryKey: key });
    setTurn((now) => now + 1);
  };
  return { path, next, voted, vote, takeBack, goOn, isSending: send.isPending };
}

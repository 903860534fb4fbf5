// The queue itself: a list in which one item is chosen, by ↑ and ↓ or the mouse.
import { NavLink, ScrollArea, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Review } from '../../api/schemas/review.js';
import { ToneBadge } from '../../parts/badges.js';
import { useMe } from '../../session/session.js';
import { causeWords } from './words.js';

interface ReviewListProps {
  reviews: Review[];
  chosen: string | undefined;
  choose: (id: string) => void;
}

export function ReviewList({ reviews, chosen, choose }: ReviewListProps) {
  const { user } = useMe();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <ScrollArea.Autosize mah="calc(100dvh - 260px)" type="auto" component="nav" aria-label="Items">
      {reviews.map((review) => {
        const isChosen = review.id === chosen;
        const [words, tone] = causeWords(review.causes[0] ?? '');
        const other = review.lease && review.lease.holder !== user.name ? review.lease.holder : undefined;
        return (
          <NavLink
            key={review.id}
            component="button"
            ref={isChosen ? row : undefined}
            aria-current={isChosen}
            active={isChosen}
            onClick={() => choose(review.id)}
            label={<Text truncate>{review.question ?? '–'}</Text>}
            description={
              <>
                <ToneBadge tone={tone}>{words}</ToneBadge> {review.state === 'draft' && 'Draft. '}
                {other && `${other} is at it.`}
              </>
            }
            style={{ borderRadius: 8 }}
          />
        );
      })}
    </ScrollArea.Autosize>
  );
}

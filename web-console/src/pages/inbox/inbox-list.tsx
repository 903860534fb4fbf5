// The rows of one list: only those on the screen exist, and the next page is asked for before one comes to its beginning.
import { Button, Group, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Empty, ProblemNote, Waiting } from '../../parts/load.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { useAssistants } from '../../shell/assistant.js';
import { InboxRow } from './inbox-row.js';
import { PLACES, type Filter } from './places.js';
import { useInbox } from './use-inbox.js';

const ROW_PX = 64;
const OVERSCAN = 8;
/** Rows before the end from which on the next page is asked for. */
const AHEAD = 30;

export function InboxList({ filter }: { filter: Filter }) {
  const { query, conversations, standsStill, restart } = useInbox(filter);
  const { assistants } = useAssistants();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: (index) => conversations[index]?.id ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (last >= conversations.length - AHEAD && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, conversations.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const step = useRowKeys(scroller, (index) => rows.scrollToIndex(index), conversations.length);
  useHotkeys([
    { keys: 'j', does: 'Next conversation', run: () => step(1) },
    { keys: 'k', does: 'Conversation before', run: () => step(-1) },
  ]);
  const toNewest = () => {
    scroller.current?.scrollTo({ top: 0 });
    restart();
  };
  if (query.data === undefined) return query.error ? <ProblemNote error={query.error} /> : <Waiting />;
  const nameOf = (slug: string) => assistants.find((assistant) => assistant.slug === slug)?.name ?? slug;
  return (
    <>
      {query.error && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      <div className="inbox-list" ref={scroller} aria-busy={query.isFetching}>
        {conversations.length === 0 ? (
          <Empty>{PLACES.find(({ place }) => place === filter.place)?.empty}</Empty>
        ) : (
          <ul className="inbox-rows" aria-label="Conversations" style={{ height: rows.getTotalSize() }}>
            {items.map(({ index, key, start, size }) => {
              const conversation = conversations[index];
              if (!conversation) return null;
              return (
                <li key={key} data-index={index} style={{ height: size, transform: `translateY(${start}px)` }}>
                  <InboxRow
                    conversation={conversation}
                    assistantName={assistants.length > 1 ? nameOf(conversation.assistant) : undefined}
                  />
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <Group justify="space-between" mih={28}>
        <Text size="sm" c="dimmed" role="status">
          {conversations.length}
          {hasNextPage ? ' and more' : ''} {conversations.length === 1 ? 'conversation' : 'conversations'}
        </Text>
        {standsStill && (
          <Button size="compact-sm" variant="default" onClick={toNewest}>
            Back to the newest
          </Button>
        )}
      </Group>
    </>
  );
}

/** Moves the focus from row to row. */
function useRowKeys(
  scroller: React.RefObject<HTMLDivElement | null>,
  show: (index: number) => void,
  count: number,
): (by: number) => void {
  // Keys come faster than rows do.
  const coming = useRef<number>(undefined);
  return (by) => {
    const focused = scroller.current?.querySelector('li:focus-within');
    const at = coming.current ?? (focused instanceof HTMLElement ? Number(focused.dataset.index) : -1);
    const index = Math.min(Math.max(at + by, 0), count - 1);
    if (index < 0) return;
    coming.current = index;
    show(index);
    // The row exists after the next paint.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scroller.current?.querySelector<HTMLElement>(`li[data-index="${index}"] a`)?.focus();
        if (coming.current === index) coming.current = undefined;
      }),
    );
  };
}

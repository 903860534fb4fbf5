// The log of a conversation. It stays at its end while one is there, and stands still while one reads further up.
import { Button, Text } from '@mantine/core';
import { useLayoutEffect, useRef } from 'react';
import { MoveEntry, NoteEntry, Turn } from './entries.js';
import type { Entry, Growing } from './transcript.js';

const AT_END_PX = 60;

interface LogProps {
  entries: Entry[];
  growing: ReadonlyMap<string, Growing>;
  typing: string[];
  /** Which part of a very long conversation is shown. */
  window: { hasEarlier: boolean; hasNewer: boolean; showEarlier: () => void; showNewest: () => void };
  chosen: string | undefined;
  choose: (messageId: string) => void;
}

export function Log({ entries, growing, typing, window, chosen, choose }: LogProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  });
  const look = () => {
    const { current } = scroller;
    if (current) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < AT_END_PX;
  };
  const words = typing.map((who) => (who === 'customer' ? 'The customer' : who));
  return (
    <>
      <div
        className="conversation-log"
        role="log"
        aria-label="Conversation"
        tabIndex={0}
        ref={scroller}
        onScroll={look}
      >
        {window.hasEarlier && (
          <Button variant="default" size="compact-sm" onClick={window.showEarlier}>
            Show earlier messages
          </Button>
        )}
        {entries.map((entry) => {
          if (entry.kind === 'note') return <NoteEntry key={entry.note.id} note={entry.note} />;
          if (entry.kind === 'move')
            return <MoveEntry key={`${entry.move.cause} ${entry.at.getTime()}`} move={entry.move} />;
          const { message } = entry;
          const { messageId } = message;
          return (
            <Turn
              key={messageId}
              message={message}
              growing={growing.get(messageId)}
              isChosen={chosen === messageId}
              choose={() => choose(messageId)}
            />
          );
        })}
        {window.hasNewer && (
          <Button variant="default" size="compact-sm" onClick={window.showNewest}>
            Back to the newest messages
          </Button>
        )}
      </div>
      <Text size="sm" c="dimmed" mih={22} role="status">
        {words.length > 0 && `${words.join(' and ')} ${words.length === 1 ? 'is' : 'are'} typing…`}
      </Text>
    </>
  );
}

// The scrolling list of what was said. Follows new text as long as the reader is at its end, and never pulls them away
// from something they scrolled up to.
import { useEffect, useRef } from 'preact/hooks';
import type { ChatSession, SessionState } from '../session/session.js';
import { AnswerTurn } from './answer-turn.js';
import { CustomerTurn } from './customer-turn.js';
import { Markdown } from './markdown.js';

/** Distance from the end that still counts as being there, in CSS pixels. */
const NEAR_PX = 96;

function useFollow(changed: unknown) {
  const list = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    following.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  useEffect(() => {
    if (following.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [changed]);
  return { list, onScroll };
}

export function TranscriptView({ state, session }: { state: SessionState; session: ChatSession }) {
  const { list, onScroll } = useFollow(state);
  const greeting = state.assistant?.greeting;
  return (
    <div
      class="transcript"
      part="transcript"
      role="log"
      aria-live="off"
      aria-label="Conversation"
      tabIndex={0}
      ref={list}
      onScroll={onScroll}
    >
      {greeting && (
        <div class="turn theirs">
          <div class="bubble" part="message">
            <Markdown text={greeting} done />
          </div>
        </div>
      )}
      {state.transcript.map((turn) =>
        turn.role === 'customer' ? (
          <CustomerTurn key={turn.key} turn={turn} retry={() => session.retry(turn)} />
        ) : (
          <AnswerTurn key={turn.key} turn={turn} rate={(rating) => session.rate(rating)} />
        ),
      )}
      {state.awaiting && (
        <div class="turn theirs">
          <div class="bubble dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </div>
        </div>
      )}
    </div>
  );
}

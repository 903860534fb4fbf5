// The scrolling list of what was said. Follows new text as long as the reader is at its end, and never pulls them away
// from something they scrolled up to.
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ChatSession } from '../session/session.js';
import type { SessionState } from '../session/state.js';
import type { Turn } from '../session/transcript.js';
import { AnswerTurn, Dots } from './answer-turn.js';
import { CustomerTurn } from './customer-turn.js';
import { Markdown } from './markdown.js';
import { useWords } from './words-context.js';

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

/**
 * Renders a turn; one that hasn't changed gives the same node again, which Preact then leaves alone: a long conversation must not
 * be gone through for each piece of an answer.
 */
function useTurns({ state, session, ask }: TranscriptProps): (turn: Turn) => VNode {
  const { can, handover, limits } = state;
  const nodes = useMemo(() => new WeakMap<Turn, VNode>(), [can, handover, limits, useWords(), session, ask]);
  return (turn) => {
    const node =
      nodes.get(turn) ??
      (turn.role === 'customer' ? (
        <CustomerTurn key={turn.key} {...{ turn, session }} />
      ) : (
        <AnswerTurn key={turn.key} {...{ turn, can, handover, limits, session, ask }} />
      ));
    nodes.set(turn, node);
    return node;
  };
}

interface TranscriptProps {
  state: SessionState;
  session: ChatSession;
  /** Asks for a person. */
  ask: () => void;
}

export function TranscriptView({ state, session, ask }: TranscriptProps) {
  const words = useWords();
  const turnOf = useTurns({ state, session, ask });
  const { list, onScroll } = useFollow(state);
  const { transcript, assistant, awaiting, position } = state;
  return (
    <div
      class="transcript"
      part="transcript"
      role="log"
      aria-live="off"
      aria-label={words.conversation}
      tabIndex={0}
      ref={list}
      onScroll={onScroll}
    >
      {assistant?.greeting && (
        <div class="turn theirs">
          <div class="bubble" part="message">
            <Markdown text={assistant.greeting} done />
          </div>
        </div>
      )}
      {transcript.map(turnOf)}
      {awaiting && (
        <div class="turn theirs">
          <Dots />
        </div>
      )}
      {position !== undefined && <p class="meta queue">{words.position(position)}</p>}
    </div>
  );
}

// An answer or an agent's message, growing or finished, and below it what can be done with it.
import type { ChatSession } from '../session/session.js';
import type { SessionState } from '../session/state.js';
import { RETRYABLE, type Turn } from '../session/transcript.js';
import { errorText, type Words } from '../words/words.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icons.js';
import { Markdown } from './markdown.js';
import { Rating } from './rating.js';
import { useWords } from './words-context.js';

interface AnswerProps extends Pick<SessionState, 'can' | 'handover' | 'limits'> {
  turn: Turn;
  session: ChatSession;
  /** Asks for a person. */
  ask: () => void;
}

export function AnswerTurn(props: AnswerProps) {
  const { status, role, text, agentName } = props.turn;
  if (status === 'complete' && !text) return null;
  return (
    <div class={`turn theirs ${role} ${status}`}>
      {role === 'agent' && <p class="meta from">{agentName ?? props.handover.agentName}</p>}
      {text && (
        <div class="bubble" part="message">
          <Markdown text={text} done={status !== 'writing'} />
        </div>
      )}
      {!text && status === 'writing' && <Dots />}
      <Remark {...props} />
      {status !== 'writing' && <Below {...props} />}
    </div>
  );
}

/** What is said of an answer that isn't whole. */
function remarkOf({ status, error }: Turn, words: Words): string | undefined {
  const remarks: Partial<Record<Turn['status'], string>> = {
    stopped: words.stopped,
    interrupted: words.interrupted,
    failed: words.failed,
  };
  return error ? errorText(words, error) : remarks[status];
}

function Remark({ turn, can, handover, session }: AnswerProps) {
  const words = useWords();
  const remark = remarkOf(turn, words);
  if (!remark) return null;
  const again = RETRYABLE.has(turn.status) && can.retry && !turn.rating && handover.state !== 'agent';
  return (
    <div class={`meta remark ${turn.status === 'stopped' && !turn.error ? '' : 'failure'}`}>
      <span>{remark}</span>
      {again && (
        <button type="button" class="link" onClick={() => void session.retry(turn)}>
          <Icon name="retry" />
          {words.retry}
        </button>
      )}
    </div>
  );
}

/** Rating and copying; after a poor answer, or none, also a person. */
function Below({ turn, can, handover, limits, session, ask }: AnswerProps) {
  const words = useWords();
  const { messageId, role, status, text, rating, offersPerson } = turn;
  if (!text || !messageId) return null;
  const copy = <CopyButton text={text} />;
  if (role !== 'assistant' || (status !== 'complete' && status !== 'stopped')) return <div class="thumbs">{copy}</div>;
  const offer = (offersPerson || rating === 'down') && can.handover && handover.state === 'bot';
  return (
    <>
      <Rating
        messageId={messageId}
        value={rating}
        noteChars={limits.noteChars}
        rate={(payload) => session.rate(payload)}
      >
        {copy}
      </Rating>
      {offer && (
        <button type="button" class="link" onClick={ask}>
          <Icon name="person" />
          {words.askPerson}
        </button>
      )}
    </>
  );
}

/** An answer before its first word. */
export const Dots = () => (
  <div class="bubble dots" aria-hidden="true">
    <i />
    <i />
    <i />
  </div>
);

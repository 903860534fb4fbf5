// An answer, growing or finished, and below it the rating.
import type { Ack, RatingPayload } from '../contract.js';
import type { Turn } from '../session/transcript.js';
import { Markdown } from './markdown.js';
import { Rating } from './rating.js';

/** What is said below an answer that isn't whole. */
const REMARKS: Partial<Record<Turn['status'], string>> = {
  stopped: 'Stopped',
  interrupted: 'This answer was interrupted. Please ask again.',
};

export function AnswerTurn({ turn, rate }: { turn: Turn; rate: (rating: RatingPayload) => Promise<Ack> }) {
  const { messageId, status, role } = turn;
  const rateable = role === 'assistant' && messageId && (status === 'complete' || status === 'stopped');
  return (
    <div class={`turn theirs ${status}`}>
      {(turn.text || status === 'writing') && (
        <div class="bubble" part="message">
          <Markdown text={turn.text} done={status !== 'writing'} />
        </div>
      )}
      {status === 'failed' && (
        <p class="meta failure">{turn.error ?? 'This answer could not be written. Please ask again.'}</p>
      )}
      {REMARKS[status] && <p class="meta">{REMARKS[status]}</p>}
      {rateable && <Rating messageId={messageId} value={turn.rating} rate={rate} />}
    </div>
  );
}

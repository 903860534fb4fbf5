// A message of the customer's own, with what became of its delivery.
import { useEffect } from 'preact/hooks';
import type { ChatSession } from '../session/session.js';
import type { Turn } from '../session/transcript.js';
import { errorText } from '../words/words.js';
import { useSay } from './announcer.js';
import { Icon } from './icons.js';
import { useWords } from './words-context.js';

export function CustomerTurn({ turn, session }: { turn: Turn; session: ChatSession }) {
  const words = useWords();
  const say = useSay();
  const reason = turn.error ? errorText(words, turn.error) : '';
  const unsent = turn.status === 'unsent';
  useEffect(() => {
    if (unsent) say(`${words.notSent} ${reason}`);
  }, [unsent]);
  return (
    <div class={`turn mine ${turn.status}`}>
      <div class="bubble" part="message">
        {turn.text}
      </div>
      {turn.status === 'sending' && <p class="meta">{reason || words.sending}</p>}
      {unsent && (
        <div class="meta remark failure">
          <span>
            {words.notSent} {reason}
          </span>
          <button type="button" class="link" onClick={() => session.resend(turn)}>
            <Icon name="retry" />
            {words.retry}
          </button>
          <button type="button" class="link" onClick={() => session.discard(turn)}>
            {words.discard}
          </button>
        </div>
      )}
    </div>
  );
}

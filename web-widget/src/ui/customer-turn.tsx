// A message of the customer's own, with what became of its delivery.
import type { Turn } from '../session/transcript.js';
import { Icon } from './icons.js';

export function CustomerTurn({ turn, retry }: { turn: Turn; retry: () => void }) {
  return (
    <div class={`turn mine ${turn.status}`}>
      <div class="bubble" part="message">
        {turn.text}
      </div>
      {turn.status === 'sending' && <p class="meta">Sending…</p>}
      {turn.status === 'unsent' && (
        <div class="meta failure" role="alert">
          <span>Not sent. {turn.error}</span>
          <button type="button" class="link" onClick={retry}>
            <Icon name="retry" />
            Retry
          </button>
        </div>
      )}
    </div>
  );
}

// Thumbs below an answer. Up sends at once; down first asks why. A rating that couldn't be sent stays on screen.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Ack, RatingPayload, RatingValue } from '../contract.js';
import { errorText } from '../words/words.js';
import { useSay } from './announcer.js';
import { Icon } from './icons.js';
import { RatingForm } from './rating-form.js';
import { useWords } from './words-context.js';

interface RatingProps {
  messageId: string;
  value?: RatingValue;
  noteChars?: number;
  rate: (rating: RatingPayload) => Promise<Ack>;
  /** What stands beside the thumbs. */
  children: ComponentChildren;
}

export function Rating({ messageId, value, noteChars, rate, children }: RatingProps) {
  const words = useWords();
  const say = useSay();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (rating: Omit<RatingPayload, 'messageId'>) => {
    setBusy(true);
    setError('');
    const ack = await rate({ messageId, ...rating });
    setBusy(false);
    const problem = ack.ok ? '' : `${words.notRated} ${errorText(words, ack.error)}`;
    if (ack.ok) setAsking(false);
    setError(problem);
    say(problem || (rating.value ? words.thanks : ''));
  };
  const press = (thumb: RatingValue) => {
    setError('');
    if (value === thumb && !asking) void send({ value: null });
    else if (thumb === 'up') void send({ value: 'up' });
    else setAsking(!asking);
  };
  return (
    <div class="rating">
      <div class="thumbs" role="group" aria-label={words.rate}>
        <Thumb name="up" label={words.good} pressed={value === 'up'} busy={busy} press={press} />
        <Thumb name="down" label={words.poor} pressed={value === 'down'} expanded={asking} busy={busy} press={press} />
        {children}
        {value && !asking && <span class="meta thanks">{words.thanks}</span>}
      </div>
      {asking && (
        <RatingForm
          busy={busy}
          noteChars={noteChars}
          submit={(reasons, note) => void send({ value: 'down', reasons, ...(note ? { note } : {}) })}
          cancel={() => {
            setAsking(false);
            setError('');
          }}
        />
      )}
      {error && <p class="meta failure">{error}</p>}
    </div>
  );
}

interface ThumbProps {
  name: RatingValue;
  label: string;
  pressed: boolean;
  expanded?: boolean;
  busy: boolean;
  press: (thumb: RatingValue) => void;
}

function Thumb({ name, label, pressed, expanded, busy, press }: ThumbProps) {
  return (
    <button
      type="button"
      class="ghost thumb"
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-disabled={busy}
      onClick={() => busy || press(name)}
    >
      <Icon name={name} />
    </button>
  );
}

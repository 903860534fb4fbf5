// Thumbs below an answer. Up sends at once; down first asks why. A rating that couldn't be sent stays on screen.
import { useState } from 'preact/hooks';
import type { Ack, RatingPayload, RatingValue } from '../contract.js';
import { Icon } from './icons.js';
import { RatingForm } from './rating-form.js';

interface RatingProps {
  messageId: string;
  value?: RatingValue;
  rate: (rating: RatingPayload) => Promise<Ack>;
}

export function Rating({ messageId, value, rate }: RatingProps) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (rating: Omit<RatingPayload, 'messageId'>) => {
    setBusy(true);
    setError(undefined);
    const ack = await rate({ messageId, ...rating });
    setBusy(false);
    if (ack.ok) setAsking(false);
    else setError(ack.error.message);
  };
  const press = (thumb: RatingValue) => {
    setError(undefined);
    if (value === thumb) void send({ value: null });
    else if (thumb === 'up') void send({ value: 'up' });
    else setAsking(!asking);
  };
  return (
    <div class="rating">
      <div class="thumbs" role="group" aria-label="Rate this answer">
        <Thumb name="up" label="Good answer" pressed={value === 'up'} busy={busy} press={press} />
        <Thumb name="down" label="Poor answer" pressed={value === 'down'} expanded={asking} busy={busy} press={press} />
        {value && !asking && <span class="meta thanks">Thank you</span>}
      </div>
      {asking && (
        <RatingForm
          busy={busy}
          submit={(reasons, note) => void send({ value: 'down', reasons, ...(note ? { note } : {}) })}
          cancel={() => setAsking(false)}
        />
      )}
      {error && (
        <p class="meta failure" role="alert">
          Your rating was not saved. {error}
        </p>
      )}
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
      disabled={busy}
      onClick={() => press(name)}
    >
      <Icon name={name} />
    </button>
  );
}

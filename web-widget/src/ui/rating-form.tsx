// Why an answer was poor: reasons to tick and a note. Nothing is sent until the customer says so.
import { useEffect, useRef, useState } from 'preact/hooks';
import { NOTE_CHARS_MAX } from '../contract.js';

/** Reasons by the code that the service stores. */
const REASONS: Record<string, string> = {
  incorrect: 'It is wrong',
  incomplete: 'Something is missing',
  off_topic: 'Not what I asked',
  unclear: 'Hard to understand',
  outdated: 'Out of date',
};

interface RatingFormProps {
  busy: boolean;
  submit: (reasons: string[], note: string) => void;
  cancel: () => void;
}

export function RatingForm({ busy, submit, cancel }: RatingFormProps) {
  const [reasons, setReasons] = useState<string[]>([]);
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector('input')?.focus({ preventScroll: true });
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const toggle = (code: string) =>
    setReasons(reasons.includes(code) ? reasons.filter((each) => each !== code) : [...reasons, code]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    submit(reasons, note.trim());
  };
  return (
    <form class="why" ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <fieldset>
        <legend>What was wrong?</legend>
        {Object.entries(REASONS).map(([code, label]) => (
          <label key={code} class="chip">
            <input type="checkbox" checked={reasons.includes(code)} onChange={() => toggle(code)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <label class="note">
        <span>What would have been right? (optional)</span>
        <textarea
          rows={2}
          maxLength={NOTE_CHARS_MAX}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <div class="actions">
        <button type="button" class="quiet" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="solid" disabled={busy}>
          Send rating
        </button>
      </div>
    </form>
  );
}

// Why an answer was poor: reasons to tick and a note. Nothing is sent until the customer says so.
import { useEffect, useRef, useState } from 'preact/hooks';
import { NOTE_CHARS_MAX } from '../contract.js';
import type { Words } from '../words/words.js';
import { useWords } from './words-context.js';

/** Reasons by the code that the service stores. */
type Reason = keyof Words['reasons'];

interface RatingFormProps {
  busy: boolean;
  noteChars?: number;
  submit: (reasons: Reason[], note: string) => void;
  cancel: () => void;
}

function ReasonChips({ chosen, choose }: { chosen: Reason[]; choose: (reasons: Reason[]) => void }) {
  const words = useWords();
  const toggle = (code: Reason) =>
    choose(chosen.includes(code) ? chosen.filter((each) => each !== code) : [...chosen, code]);
  return (
    <fieldset>
      <legend>{words.whatWasWrong}</legend>
      {Object.entries(words.reasons).map(([code, label]) => (
        <label key={code} class="chip">
          <input type="checkbox" checked={chosen.includes(code as Reason)} onChange={() => toggle(code as Reason)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function RatingForm({ busy, noteChars = NOTE_CHARS_MAX, submit, cancel }: RatingFormProps) {
  const words = useWords();
  const [reasons, setReasons] = useState<Reason[]>([]);
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector('input')?.focus({ preventScroll: true });
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!busy) submit(reasons, note.trim());
  };
  return (
    <form class="why" ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <ReasonChips chosen={reasons} choose={setReasons} />
      <label class="note">
        <span>{words.note}</span>
        <textarea rows={2} maxLength={noteChars} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <div class="actions">
        <button type="button" class="quiet" onClick={cancel}>
          {words.cancel}
        </button>
        <button type="submit" class="solid" disabled={busy}>
          {words.sendRating}
        </button>
      </div>
    </form>
  );
}

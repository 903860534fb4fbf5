// Asks for the reason of a promotion or rollback. The reason goes into the audit, so it can't be empty. A refusal by the
// service is shown in the dialog, which stays open.
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Decision {
  title: string;
  /** What will happen, in one or two sentences. */
  consequence: string;
  /** The button's words. */
  action: string;
  carryOut: (reason: string) => Promise<void>;
}

const REASON_CHARS_MAX = 500;

export function ReasonDialog({ decision, close }: { decision: Decision; close: (done: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await decision.carryOut(reason.trim());
      close(true);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="decision" onClose={() => close(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id="decision">{decision.title}</h2>
        <p class="muted">{decision.consequence}</p>
        <label class="field">
          <span>Reason</span>
          <textarea
            rows={3}
            required
            maxLength={REASON_CHARS_MAX}
            placeholder="Kept in the audit, for whoever asks later"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        {error && (
          <p class="problem" role="alert">
            {error}
          </p>
        )}
        <div class="actions">
          <button type="button" onClick={() => close(false)}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy || !reason.trim()}>
            {busy ? 'Working…' : decision.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

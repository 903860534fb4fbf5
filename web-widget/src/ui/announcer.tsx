// What a screen reader hears: "writing" once, then the finished answer once. The streaming transcript itself is silent,
// because hearing every fragment is unbearable.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionState } from '../session/session.js';

export function Announcer({ state: { transcript, awaiting } }: { state: SessionState }) {
  const [text, setText] = useState('');
  const last = transcript.findLast(({ role }) => role !== 'customer');
  const writing = awaiting || last?.status === 'writing';
  const wasWriting = useRef(false);
  useEffect(() => {
    if (writing) setText('Writing an answer…');
    else if (wasWriting.current && last) setText(last.error ?? last.text);
    wasWriting.current = writing;
  }, [writing, last?.key, last?.text]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}

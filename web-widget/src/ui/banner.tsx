// Says that the connection is down, and what that means for the customer; silent during a normal start.
import { useEffect, useState } from 'preact/hooks';
import type { SessionState } from '../session/state.js';
import { errorText } from '../words/words.js';
import { useSay } from './announcer.js';
import { useWords } from './words-context.js';

/** A start or a short hiccup takes less; nobody needs to read about it. */
const PATIENCE_MS = 1_500;

function useLate(down: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!down) return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [down]);
  return down && late;
}

export function Banner({ state: { connection, refusal, kept } }: { state: SessionState }) {
  const words = useWords();
  const say = useSay();
  const late = useLate(connection !== 'online');
  const down = connection === 'refused' || late ? (refusal ? errorText(words, refusal) : words.down) : '';
  const text = down || (kept ? '' : words.notKept);
  useEffect(() => {
    if (text) say(text);
  }, [text]);
  return text ? <p class={`banner ${down ? 'down' : ''}`}>{text}</p> : null;
}

// What a screen reader hears: "writing" once, then the finished answer once, and short notices. It's the panel's only live
// region; the streaming transcript itself is silent, because hearing every fragment is unbearable.
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { SessionState } from '../session/state.js';
import { isWriting } from '../session/transcript.js';
import { spokenText } from '../markdown/spoken-text.js';
import { errorText } from '../words/words.js';
import { useWords } from './words-context.js';

/** Says a short notice, in words. */
export const Say = createContext<(notice: string) => void>(() => undefined);
export const useSay = (): ((notice: string) => void) => useContext(Say);

export interface Notice {
  text: string;
  /** Makes the same text twice two notices. */
  id: number;
}

export function Announcer({ state: { transcript, awaiting }, notice }: { state: SessionState; notice?: Notice }) {
  const words = useWords();
  const [text, setText] = useState('');
  const last = transcript.findLast(({ role }) => role !== 'customer');
  const writing = awaiting || isWriting(transcript);
  const wasWriting = useRef(false);
  const agents = transcript.filter(({ role }) => role === 'agent').length;
  const agentsBefore = useRef<number>(undefined);
  useEffect(() => {
    const spoken = last?.error ? errorText(words, last.error) : spokenText(last?.text ?? '');
    if (writing) setText(words.writing);
    else if (wasWriting.current) setText(spoken);
    // A person's words come whole, without a time of writing; those of an earlier visit are not news.
    else if (last?.role === 'agent' && agents === (agentsBefore.current ?? agents) + 1) setText(spoken);
    wasWriting.current = writing;
    agentsBefore.current = agents;
  }, [writing, agents, last?.key]);
  useEffect(() => setText(notice?.text ?? ''), [notice]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}

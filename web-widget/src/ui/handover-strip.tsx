// Above the composer, while a person is waited for or answers: what is going on, and the way back.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ChatSession } from '../session/session.js';
import type { SessionState } from '../session/state.js';
import { errorText, type Words } from '../words/words.js';
import { useSay } from './announcer.js';
import { useWords } from './words-context.js';

/** How to ask for a person, and why that couldn't be done. */
export function useAskPerson(session: ChatSession): { ask: () => void; problem: string } {
  const words = useWords();
  const [problem, setProblem] = useState('');
  const ask = useCallback(async () => {
    setProblem('');
    const ack = await session.handover('handover:request');
    if (!ack.ok) setProblem(session.state.can.handover ? errorText(words, ack.error) : words.noPerson);
  }, [session, words]);
  return { ask: useCallback(() => void ask(), [ask]), problem };
}

function textOf({ handover: { state, agentName } }: SessionState, words: Words): string {
  if (state === 'bot') return '';
  if (state === 'waiting') return words.waiting;
  return agentName ? words.withAgent(agentName) : words.withPerson;
}

interface StripProps {
  state: SessionState;
  session: ChatSession;
  problem: string;
}

export function HandoverStrip({ state, session, problem }: StripProps) {
  const words = useWords();
  const say = useSay();
  const text = textOf(state, words);
  const { agentName } = state.handover;
  const before = useRef(text);
  useEffect(() => {
    if (text !== before.current) say(text || words.withBot);
    before.current = text;
  }, [text]);
  useEffect(() => {
    if (problem) say(problem);
  }, [problem]);
  if (!text && !problem) return null;
  return (
    <div class={`handover ${text ? '' : 'failure'}`}>
      <span>{(state.agentTypes && agentName && words.agentTypes(agentName)) || text || problem}</span>
      {state.handover.state === 'waiting' && (
        <button type="button" class="link" onClick={() => void session.handover('handover:cancel')}>
          {words.cancel}
        </button>
      )}
    </div>
  );
}

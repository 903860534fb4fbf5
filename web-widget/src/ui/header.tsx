// The panel's head: who is answering, the menu, and the way out.
import type { ComponentChildren } from 'preact';
import type { SessionState } from '../session/state.js';
import type { Words } from '../words/words.js';
import { Icon } from './icons.js';
import { useWords } from './words-context.js';

/** The line under the assistant's name: who is answering. */
function presence({ connection, handover }: SessionState, words: Words): string {
  if (connection === 'connecting') return words.connecting;
  if (connection !== 'online') return words.notConnected;
  if (handover.state === 'waiting') return words.waiting;
  if (handover.state === 'bot') return words.answersAtOnce;
  return handover.agentName ? words.withAgent(handover.agentName) : words.withPerson;
}

interface HeaderProps {
  state: SessionState;
  close: () => void;
  /** The menu's button and its content. */
  children: ComponentChildren;
}

export function Header({ state, close, children }: HeaderProps) {
  const words = useWords();
  const { connection, handover, assistant } = state;
  return (
    <div class="header" part="header">
      <span class="avatar">
        <Icon name={handover.state === 'agent' ? 'person' : 'spark'} />
      </span>
      <div class="who">
        <h2>{assistant?.name ?? words.chat}</h2>
        <p class={`presence ${connection}`}>{presence(state, words)}</p>
      </div>
      {children}
      <button type="button" class="ghost" aria-label={words.closeChat} onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}

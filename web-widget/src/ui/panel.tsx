// The chat panel: header, what was said, and the composer.
import { useEffect, useReducer } from 'preact/hooks';
import type { ChatSession, SessionState } from '../session/session.js';
import { Announcer } from './announcer.js';
import { Banner } from './banner.js';
import { Composer } from './composer.js';
import { Icon } from './icons.js';
import { TranscriptView } from './transcript-view.js';

function useSession(session: ChatSession): SessionState {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => session.subscribe(() => changed(undefined)), [session]);
  return session.state;
}

/** The line under the assistant's name: who is answering. */
function presence({ connection, handover }: SessionState): string {
  if (connection === 'connecting') return 'Connecting…';
  if (connection !== 'online') return 'Not connected';
  if (handover.state === 'agent') return `You are talking to ${handover.agentName ?? 'a person'}`;
  if (handover.state === 'waiting') return 'A person will join you soon';
  return 'Answers at once';
}

export function Panel({ session, close }: { session: ChatSession; close: () => void }) {
  const state = useSession(session);
  const name = state.assistant?.name ?? 'Chat';
  const writing = state.awaiting || state.transcript.some(({ status }) => status === 'writing');
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.stopPropagation();
    close();
  };
  return (
    <section class="panel" part="panel" role="dialog" aria-label={`Chat with ${name}`} onKeyDown={onKeyDown}>
      <div class="header" part="header">
        <span class="avatar">
          <Icon name="spark" />
        </span>
        <div class="who">
          <h2>{name}</h2>
          <p class={`presence ${state.connection}`}>{presence(state)}</p>
        </div>
        <button type="button" class="ghost" aria-label="Close chat" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Banner state={state} />
      <TranscriptView state={state} session={session} />
      <Composer
        disabled={state.connection === 'refused'}
        writing={writing}
        send={(text) => session.send(text)}
        stop={() => void session.stop()}
      />
      <Announcer state={state} />
    </section>
  );
}

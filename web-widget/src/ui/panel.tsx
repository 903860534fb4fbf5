// The chat panel: header, what was said, and the composer.
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { ChatSession } from '../session/session.js';
import type { SessionState } from '../session/state.js';
import { isWriting } from '../session/transcript.js';
import { Announcer, Say, type Notice } from './announcer.js';
import { Banner } from './banner.js';
import { Composer } from './composer.js';
import { useFillsWindow, trapFocus } from './focus-trap.js';
import { HandoverStrip, useAskPerson } from './handover-strip.js';
import { Header } from './header.js';
import { Menu } from './menu.js';
import { TranscriptView } from './transcript-view.js';
import { useWords } from './words-context.js';

function useSession({ store }: ChatSession): SessionState {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stop = store.subscribe(() => changed(undefined));
    // What changed between the first rendering and now.
    changed(undefined);
    return stop;
  }, [store]);
  return store.state;
}

export function Panel({ session, close }: { session: ChatSession; close: () => void }) {
  const words = useWords();
  const state = useSession(session);
  const panel = useRef<HTMLElement>(null);
  const [notice, setNotice] = useState<Notice>();
  const say = useRef((text: string) => setNotice((before) => ({ text, id: (before?.id ?? 0) + 1 })));
  const modal = useFillsWindow();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) close();
    else if (modal && panel.current) trapFocus(panel.current, event);
  };
  return (
    <Say.Provider value={say.current}>
      <section
        class="panel"
        part="panel"
        role="dialog"
        aria-modal={modal}
        aria-label={words.chatWith(state.assistant?.name ?? words.chat)}
        ref={panel}
        onKeyDown={onKeyDown}
      >
        <Content {...{ state, session, close }} />
        <Announcer state={state} notice={notice} />
      </section>
    </Say.Provider>
  );
}

interface ContentProps {
  state: SessionState;
  session: ChatSession;
  close: () => void;
}

function Content({ state, session, close }: ContentProps) {
  const { ask, problem } = useAskPerson(session);
  return (
    <>
      <Header {...{ state, close }}>
        <Menu {...{ state, session, ask }} />
      </Header>
      <Banner state={state} />
      <TranscriptView {...{ state, session, ask }} />
      <HandoverStrip {...{ state, session, problem }} />
      <Composer
        disabled={state.connection === 'refused'}
        writing={state.awaiting || isWriting(state.transcript)}
        charsMax={state.limits.messageChars}
        send={(text) => session.send(text)}
        stop={() => void session.stop()}
        types={(isTyping) => session.types(isTyping)}
      />
    </>
  );
}

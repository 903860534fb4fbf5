// What a customer seldom needs, behind one button: a person, the transcript as a file, the sound.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatSession } from '../session/session.js';
import type { SessionState } from '../session/state.js';
import { saveText } from '../session/save-text.js';
import { isSoundOn, setSound } from '../session/sound.js';
import { transcriptText } from '../session/transcript-text.js';
import { useSay } from './announcer.js';
import { Icon, type IconName } from './icons.js';
import { useWords } from './words-context.js';

export function Menu({ state, session, ask }: { state: SessionState; session: ChatSession; ask: () => void }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) frame.current?.querySelector<HTMLElement>('.menu button')?.focus();
  }, [open]);
  const shut = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    shut();
  };
  const onFocusOut = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget && !frame.current?.contains(relatedTarget as Node)) setOpen(false);
  };
  return (
    <div class="more" ref={frame} onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
      <button
        type="button"
        class="ghost"
        ref={button}
        aria-label={words.more}
        aria-expanded={open}
        aria-controls={open ? 'menu' : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && <Choices {...{ state, session, ask, shut }} />}
    </div>
  );
}

interface ChoicesProps {
  state: SessionState;
  session: ChatSession;
  ask: () => void;
  shut: () => void;
}

function Choices({ state, session, ask, shut }: ChoicesProps) {
  const words = useWords();
  const say = useSay();
  const [sound, setSoundShown] = useState(isSoundOn());
  const choose = (act: () => void) => () => {
    shut();
    act();
  };
  const download = () =>
    saveText(
      `${words.transcript} ${new Date().toISOString().slice(0, 10)}.txt`,
      transcriptText(session.state, words, document.documentElement.lang),
    );
  const toggleSound = () => {
    setSound(!sound);
    setSoundShown(!sound);
    say(words.sound);
  };
  return (
    <div class="menu" id="menu">
      {state.can.handover && state.handover.state === 'bot' && (
        <Choice icon="person" text={words.askPerson} onClick={choose(ask)} />
      )}
      {state.transcript.length > 0 && <Choice icon="download" text={words.download} onClick={choose(download)} />}
      <Choice icon="sound" text={words.sound} pressed={sound} onClick={toggleSound} />
    </div>
  );
}

interface ChoiceProps {
  icon: IconName;
  text: string;
  /** Set for a switch. */
  pressed?: boolean;
  onClick: () => void;
}

const Choice = ({ icon, text, pressed, onClick }: ChoiceProps) => (
  <button type="button" aria-pressed={pressed} onClick={onClick}>
    <Icon name={icon} />
    <span>{text}</span>
    {pressed && <Icon name="check" />}
  </button>
);

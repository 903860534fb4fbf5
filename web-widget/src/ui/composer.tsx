// Where the customer writes. Enter sends, Shift+Enter makes a new line, and while an input method is composing
// (Japanese, Chinese, accents) Enter belongs to it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.js';

interface ComposerProps {
  disabled: boolean;
  writing: boolean;
  /** False when the message couldn't be taken; the text then stays. */
  send: (text: string) => boolean;
  stop: () => void;
}

/** Tallest the field grows before it scrolls, in CSS pixels. */
const HEIGHT_MAX_PX = 132;

function useGrowingField(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { style, scrollHeight } = field.current!;
    style.height = 'auto';
    style.height = `${Math.min(field.current?.scrollHeight ?? scrollHeight, HEIGHT_MAX_PX)}px`;
  }, [text]);
  return field;
}

export function Composer({ disabled, writing, send, stop }: ComposerProps) {
  const [text, setText] = useState('');
  const field = useGrowingField(text);
  const submit = () => {
    const message = text.trim();
    if (message && send(message)) setText('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Some browsers report the composing Enter only by key code 229.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  };
  return (
    <div class="foot">
      <form
        class="compose"
        part="composer"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <textarea
          class="composer"
          ref={field}
          rows={1}
          value={text}
          disabled={disabled}
          placeholder="Write a message…"
          aria-label="Your message"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {writing ? (
          <button type="button" class="round" aria-label="Stop the answer" onClick={stop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="round" aria-label="Send" disabled={disabled || !text.trim()}>
            <Icon name="send" />
          </button>
        )}
      </form>
      <p class="fine">Answers are written by an AI and can be wrong.</p>
    </div>
  );
}

// Where the customer writes. Enter sends, Shift+Enter makes a new line, and while an input method is composing
// (Japanese, Chinese, accents) Enter belongs to it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.js';
import { useWords } from './words-context.js';

interface ComposerProps {
  disabled: boolean;
  writing: boolean;
  /** Longest message the service takes, in characters. */
  charsMax?: number;
  /** False when the message couldn't be taken; the text then stays. */
  send: (text: string) => boolean;
  stop: () => void;
  /** The customer has begun to write, or has taken all of it away. */
  types: (isTyping: boolean) => void;
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

/** Characters as people count them, so that an emoji is one. */
const lengthOf = (text: string): number => [...text].length;

export function Composer({ disabled, writing, charsMax = Infinity, send, stop, types }: ComposerProps) {
  const words = useWords();
  const [text, setText] = useState('');
  const [full, setFull] = useState(false);
  const field = useGrowingField(text);
  const message = text.trim();
  const over = message.length > charsMax ? lengthOf(message) - charsMax : 0;
  const problem = over > 0 ? words.tooLong(over) : full ? words.full : '';
  const submit = () => {
    if (disabled || !message || over > 0) return;
    const taken = send(message);
    setFull(!taken);
    if (taken) setText('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Some browsers report the composing Enter only by key code 229.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    submit();
  };
  return (
    <div class="foot">
      <form class="compose" part="composer" onSubmit={onSubmit}>
        <textarea
          class="composer"
          ref={field}
          rows={1}
          value={text}
          disabled={disabled}
          placeholder={words.placeholder}
          aria-label={words.field}
          aria-invalid={problem ? true : undefined}
          aria-describedby="about-message"
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            types(value.trim() !== '');
          }}
          onKeyDown={onKeyDown}
        />
        {writing ? (
          <button type="button" class="round" aria-label={words.stop} onClick={stop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="round" aria-label={words.send} disabled={disabled || !message || over > 0}>
            <Icon name="send" />
          </button>
        )}
      </form>
      <p class={problem ? 'fine failure' : 'fine'} id="about-message">
        {problem || words.fine}
      </p>
    </div>
  );
}

// Puts an answer on the clipboard, without its Markdown marks.
import { useState } from 'preact/hooks';
import { spokenText } from '../markdown/spoken-text.js';
import { useSay } from './announcer.js';
import { Icon } from './icons.js';
import { useWords } from './words-context.js';

const SHOWN_MS = 2_000;

/** False when the browser doesn't let us. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

/** Pages without a secure context have no clipboard object; the old way needs a selection in the page itself. */
function copyByHand(text: string): boolean {
  const field = document.createElement('textarea');
  const before = document.activeElement as HTMLElement | null;
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    before?.focus();
  }
}

export function CopyButton({ text }: { text: string }) {
  const words = useWords();
  const say = useSay();
  const [done, setDone] = useState(false);
  const onClick = async () => {
    const copied = await copy(spokenText(text));
    say(copied ? words.copied : words.notCopied);
    setDone(copied);
    setTimeout(() => setDone(false), SHOWN_MS);
  };
  return (
    <button type="button" class="ghost copy" aria-label={words.copy} title={words.copy} onClick={() => void onClick()}>
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  );
}

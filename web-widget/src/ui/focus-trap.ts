// On a small window the panel covers the page, so the focus must not wander behind it.
import { useEffect, useState } from 'preact/hooks';

/** The same condition as in chat.css. */
const SMALL = '(max-width: 480px), (max-height: 480px)';
const FOCUSABLE = 'button:not(:disabled), textarea:not(:disabled), input, a[href], [tabindex="0"]';

/** Whether the panel covers the whole window now. */
export function useFillsWindow(): boolean {
  const [small, setSmall] = useState(() => matchMedia(SMALL).matches);
  useEffect(() => {
    const query = matchMedia(SMALL);
    const changed = () => setSmall(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return small;
}

/** Lets Tab at the end of `panel` go on at its beginning, and the other way round. */
export function trapFocus(panel: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return;
  const reachable = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const [from, to] = event.shiftKey ? [reachable[0], reachable.at(-1)] : [reachable.at(-1), reachable[0]];
  if ((panel.getRootNode() as ShadowRoot).activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}

// Keys that work on a page, and the list of them that `?` shows. Whoever doesn't want them turns them off; it is remembered.
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Hotkey {
  /** `mod+Enter` (Ctrl, or ⌘ on a Mac), `ArrowDown`, `1`, `?`. */
  keys: string;
  /** What it does, for the list. */
  does: string;
  run: (event: KeyboardEvent) => void;
  /** Also while one is writing in a field. */
  whileWriting?: boolean;
}

const OFF = 'retune:hotkeys-off';
const watchers = new Set<() => void>();
/** Of the components on the screen, in the order in which they came. */
let active: { hotkeys: Hotkey[] }[] = [];
let listed: Hotkey[] = [];

function tell(): void {
  listed = active.flatMap(({ hotkeys }) => hotkeys);
  watchers.forEach((watcher) => watcher());
}

const subscribe = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const hotkeysAreOn = (): boolean => localStorage.getItem(OFF) === null;

export function turnHotkeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
  tell();
}

/** Whether keys are on. */
export const useHotkeysOn = (): boolean => useSyncExternalStore(subscribe, hotkeysAreOn);

/** The keys that work on the screen now. */
export const useActiveHotkeys = (): Hotkey[] => useSyncExternalStore(subscribe, () => listed);

/** Makes keys work while the component is on the screen. What keys and words they are is taken at its first showing. */
export function useHotkeys(hotkeys: Hotkey[]): void {
  const latest = useRef(hotkeys);
  latest.current = hotkeys;
  const which = hotkeys.map(({ keys }) => keys).join(' ');
  useEffect(() => {
    const mine = { hotkeys: latest.current };
    const listener = (event: KeyboardEvent) => {
      const index = mine.hotkeys.findIndex(({ keys }) => isPressed(event, keys));
      const hotkey = latest.current[index];
      if (!hotkey || event.defaultPrevented || !hotkeysAreOn() || isElsewhere(event, hotkey)) return;
      event.preventDefault();
      hotkey.run(event);
    };
    active.push(mine);
    tell();
    document.addEventListener('keydown', listener);
    return () => {
      active = active.filter((each) => each !== mine);
      tell();
      document.removeEventListener('keydown', listener);
    };
  }, [which]);
}

function isPressed(event: KeyboardEvent, keys: string): boolean {
  const [key = '', ...modifiers] = keys.split('+').reverse();
  const wants = (modifier: string) => modifiers.includes(modifier);
  if (event.key.toLowerCase() !== key.toLowerCase()) return false;
  // Which signs need Shift differs from keyboard to keyboard.
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (!isSign && event.shiftKey !== wants('shift')) return false;
  return (event.ctrlKey || event.metaKey) === wants('mod') && event.altKey === wants('alt');
}

/** Somebody is writing, or a dialog is open that the keys don't belong to. */
function isElsewhere({ target }: KeyboardEvent, { whileWriting }: Hotkey): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isWriting = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  return (isWriting && !whileWriting) || target.closest('[role=dialog]') !== null;
}

const NAMES: Record<string, string> = {
  mod: /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl',
  shift: 'Shift',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** `mod+Enter` as people read it: `Ctrl`, `Enter`. */
export const keyNames = (keys: string): string[] => keys.split('+').map((key) => NAMES[key] ?? key);

// `window.Retune`: the element's methods without having to find the element, and the queue of calls that came before us.
import { RetuneChatElement } from './element.js';
import { listenersOn } from './listeners.js';
import type { RetuneCall, RetuneGlobal, RetuneMethods, RetuneOptions } from './public.js';

/** Options given before there is an element. */
let pending: RetuneOptions = {};

const element = (): RetuneChatElement | null => document.querySelector<RetuneChatElement>('retune-chat');

function update(options: RetuneOptions): void {
  const there = element();
  if (there) there.update(options);
  else pending = { ...pending, ...options };
}

/** Puts the launcher on the page, unless it is there. */
export function boot(options: RetuneOptions = {}): void {
  const there = element();
  if (there) return there.update(options);
  RetuneChatElement.boot({ ...pending, ...options });
  pending = {};
}

const methods: RetuneMethods = {
  // The element's events bubble, so that listeners may come before it and outlive it.
  ...listenersOn(document),
  boot,
  update,
  identify: (identity) => update({ identity }),
  show: () => element()?.show(),
  hide: () => element()?.hide(),
  toggle: () => element()?.toggle(),
  newMessage: (text) => element()?.newMessage(text),
  shutdown: () => element()?.shutdown(),
};

function perform(call: RetuneCall): void {
  try {
    if (typeof call === 'function') return call(methods);
    const [method, ...args] = call;
    (methods[method] as (...args: unknown[]) => unknown)(...args);
  } catch (error) {
    // A host's mistake in one call must not lose the calls after it, and must not go unseen.
    setTimeout(() => {
      throw error;
    });
  }
}

/** Whether another copy of the script has done everything already. */
export const isInstalled = (): boolean => typeof window.Retune === 'function' && 'boot' in window.Retune;

/** Sets `window.Retune` and performs what waited in it. */
export function installGlobal(): void {
  const before = window.Retune;
  const waiting = Array.isArray(before) ? before : ((before as unknown as { q?: RetuneCall[] } | undefined)?.q ?? []);
  const retune = ((...call: [keyof RetuneMethods]) => perform(call)) as RetuneGlobal;
  window.Retune = Object.assign(retune, methods, { push: (...calls: RetuneCall[]) => calls.forEach(perform) });
  waiting.forEach(perform);
}

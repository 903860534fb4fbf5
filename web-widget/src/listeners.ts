// `on` and `off` over DOM events: hosts give and take back plain functions, the widget dispatches `retune:<name>`.
import type { EventName, RetuneEvents, RetuneMethods } from './public.js';

/** The two methods for events that reach `target`. */
export function listenersOn(target: EventTarget): Pick<RetuneMethods, 'on' | 'off'> {
  /** By event, the DOM listener of each listener, to find it again. */
  const known = new Map<EventName, Map<unknown, EventListener>>();
  const off: RetuneMethods['off'] = (name, listener) => {
    const heard = known.get(name)?.get(listener);
    if (heard) target.removeEventListener(`retune:${name}`, heard);
    known.get(name)?.delete(listener);
  };
  const on: RetuneMethods['on'] = (name, listener) => {
    off(name, listener);
    const heard = (event: Event) => listener((event as CustomEvent<RetuneEvents[typeof name]>).detail);
    if (!known.has(name)) known.set(name, new Map());
    known.get(name)?.set(listener, heard);
    target.addEventListener(`retune:${name}`, heard);
    return () => off(name, listener);
  };
  return { on, off };
}

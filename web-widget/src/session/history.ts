// Fetches what was said since the last message that the transcript has: after a reload all of it, after a reconnect the rest.
import type { Link } from './link.js';
import type { SessionState, Store } from './state.js';
import { lastFinishedSeq, withFinished } from './transcript.js';

const HISTORY_PAGE = 100;
/** Together more than the transcript keeps. */
const HISTORY_PAGES_MAX = 20;

/** Brings the transcript up to date; leaves it as it is when the service doesn't answer. */
export async function catchUp(link: Link, store: Store<SessionState>): Promise<void> {
  for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
    const after = lastFinishedSeq(store.state.transcript);
    const ack = await link.ask('history:get', { after, limit: HISTORY_PAGE });
    if (!ack.ok) return;
    const nowMs = Date.now();
    const transcript = ack.messages.reduce((all, each) => withFinished(all, each, nowMs), store.state.transcript);
    const answered = ack.messages.some(({ role }) => role !== 'customer');
    store.set({ transcript, ...(answered ? { awaiting: false, position: undefined } : {}) });
    if (ack.messages.length < HISTORY_PAGE || lastFinishedSeq(transcript) <= after) return;
  }
}

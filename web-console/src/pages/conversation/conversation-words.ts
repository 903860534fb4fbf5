// Customers, moves and endings in words.
import type { Conversation, HandoverChange } from '../../api/schemas/conversations.js';

const ID_CHARS = 8;

/** What to call a customer: the website's id of them, or the beginning of an anonymous one's. */
export function customerName({ customerId, identified }: Pick<Conversation, 'customerId' | 'identified'>): string {
  return identified ? customerId.slice(customerId.indexOf(':') + 1) : `Visitor ${customerId.slice(0, ID_CHARS)}`;
}

const MOVES: Record<string, string> = {
  request: 'asked for a person',
  thumbs: 'was offered a person after poor ratings',
  cancel: 'wants no person any more',
  take_over: 'took over',
  hand_back: 'returned it to the assistant',
  close: 'closed it',
  reopen: 'opened it again',
};

/** "Kim took over". */
export function moveWords({ cause, actor }: HandoverChange): string {
  const who = actor === 'customer' ? 'The customer' : actor;
  return `${who} ${MOVES[cause] ?? cause.replaceAll('_', ' ')}`;
}

const ENDINGS: Record<string, string> = {
  length: 'Cut off at the length limit',
  memory: 'A remembered correction, word for word',
  unknown: 'Said that it doesn’t know',
  stopped: 'Stopped by the customer',
  handover: 'Ended by the take-over',
  interrupted: 'Interrupted',
  error: 'Failed',
};

/** Why an answer ended as it did, where that is worth a word. */
export const endingWords = (reason: string | null): string | undefined => (reason ? ENDINGS[reason] : undefined);

/** Who answers now. */
export function stateWords({ state, agentName, closedAt }: Conversation, me: string): string {
  if (closedAt) return 'Closed';
  if (state === 'waiting') return 'Waits for a person; the assistant goes on meanwhile';
  if (state === 'agent') return agentName === me ? 'You answer' : `${agentName ?? 'An agent'} answers`;
  return 'The assistant answers';
}

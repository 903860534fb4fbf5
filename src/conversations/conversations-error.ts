// The errors of chats. Their codes are public: clients see them in acks, `connect_error` and `message:error`.
import { RetuneError, type ErrorKind } from '../config/retune-error.js';

const KINDS = {
  'auth.malformed': 'invalid',
  'auth.unknown_site_key': 'unauthenticated',
  'auth.unknown_conversation': 'unauthenticated',
  'payload.malformed': 'invalid',
  'event.unknown': 'notFound',
  'message.too_long': 'tooLarge',
  'message.unknown': 'notFound',
  'message.not_retryable': 'conflict',
  'conversation.unknown': 'notFound',
  'conversation.taken': 'conflict',
  'conversation.not_yours': 'conflict',
  'conversation.busy': 'unavailable',
  'chat.stopping': 'unavailable',
  'chat.busy': 'unavailable',
  'answer.interrupted': 'unavailable',
} as const satisfies Record<string, ErrorKind>;

export type ConversationsErrorCode = keyof typeof KINDS;
export const CONVERSATIONS_ERROR_CODES = Object.keys(KINDS) as ConversationsErrorCode[];

export class ConversationsError extends RetuneError {
  constructor(code: ConversationsErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, KINDS[code], options);
  }
}

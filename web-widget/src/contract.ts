// The public chat contract as the widget sees it: socket.io namespace `/chat`. One file, so that a change of the contract
// shows in one place.

export type Role = 'customer' | 'assistant' | 'agent';
export type RatingValue = 'up' | 'down';
export type HandoverState = 'bot' | 'waiting' | 'agent';

export interface ContractError {
  /** Dotted and stable, e.g. `message.too_long`. */
  code: string;
  /** A sentence for people. */
  message: string;
}

/** Every client event is answered by one of these. */
export type Ack<T = object> = ({ ok: true } & T) | { ok: false; error: ContractError };

/** Handshake: who wants to talk to which assistant, and which conversation goes on. */
export interface HandshakeAuth {
  siteKey: string;
  conversationId?: string;
  token?: string;
}

export interface SessionEvent {
  conversationId: string;
  token: string;
  assistant: { slug: string; name: string; greeting: string };
}

export interface DeltaEvent {
  messageId: string;
  /** From 0, without gaps. */
  index: number;
  text: string;
}

/** A finished message with its canonical text; `history:get` answers with the same shape. */
export interface FinishedMessage {
  messageId: string;
  seq: number;
  role: Role;
  text: string;
  /** Set in history only: what became of an answer (`complete`, `stopped`, `failed`, `interrupted`, `writing`). */
  status?: string;
  /** Set in history only, for an answer that is being written: index of the delta that continues `text`. */
  nextIndex?: number;
  clientMessageId?: string | null;
  adapterVersion?: number | null;
  promptVersion?: number | null;
  finishReason?: string | null;
  latencyMs?: number | null;
  rating?: RatingValue | null;
}

export interface MessageErrorEvent {
  messageId: string;
  error: ContractError;
}

export interface HandoverEvent {
  state: HandoverState;
  agentName?: string;
}

export interface SendPayload {
  clientMessageId: string;
  text: string;
}

export type SendAck = Ack<{ conversationId: string; messageId: string; seq: number }>;

export interface RatingPayload {
  messageId: string;
  value: RatingValue | null;
  reasons?: string[];
  note?: string;
}

export interface ServerEvents {
  session: (event: SessionEvent) => void;
  'message:delta': (event: DeltaEvent) => void;
  'message:done': (event: FinishedMessage) => void;
  'message:error': (event: MessageErrorEvent) => void;
  handover: (event: HandoverEvent) => void;
}

export interface ClientEvents {
  'message:send': (payload: SendPayload, ack: (answer: SendAck) => void) => void;
  /** Stops the answer with this id, or the answer to the message with this id. */
  'message:stop': (payload: { messageId: string }, ack: (answer: Ack) => void) => void;
  'rating:set': (payload: RatingPayload, ack: (answer: Ack) => void) => void;
  'history:get': (
    payload: { after?: number; limit?: number },
    ack: (answer: Ack<{ messages: FinishedMessage[] }>) => void,
  ) => void;
}

/** Longest note of a rating, in characters. */
export const NOTE_CHARS_MAX = 1000;

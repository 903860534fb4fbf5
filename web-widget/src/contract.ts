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
  /** When it is worth another try. */
  retryAfterMs?: number;
}

/** Every client event is answered by one of these. */
export type Ack<T = object> = ({ ok: true } & T) | { ok: false; error: ContractError };

/** Handshake: who wants to talk to which assistant, and which conversation goes on. */
export interface HandshakeAuth {
  siteKey: string;
  conversationId?: string;
  token?: string;
  /** JWT signed by the host. */
  identity?: string;
  /** BCP 47. */
  locale?: string;
}

export interface HandoverEvent {
  state: HandoverState;
  agentName?: string;
}

/** What a service that is older than the widget doesn't send is optional here, and in the events below. */
export interface SessionEvent {
  conversationId: string;
  token: string;
  assistant: { slug: string; name: string; greeting: string };
  handover?: HandoverEvent;
  limits?: { messageChars: number; noteChars: number };
  identified?: boolean;
}

export interface DeltaEvent {
  messageId: string;
  /** From 0, without gaps; an answer that is written again begins at 0 again. */
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
  agentName?: string | null;
  /** The assistant doesn't know, and a person may. */
  offersPerson?: boolean;
  /** ISO 8601; history only. */
  createdAt?: string;
}

export interface MessageErrorEvent {
  messageId: string;
  error: ContractError;
}

export interface QueueEvent {
  messageId: string;
  /** 1 is next. */
  position: number;
}

/** Somebody is writing; without a word for six seconds they have stopped. */
export interface TypingEvent {
  from: 'customer' | 'agent';
  agentName?: string;
  isTyping: boolean;
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
  queue: (event: QueueEvent) => void;
  handover: (event: HandoverEvent) => void;
  typing: (event: TypingEvent) => void;
}

type Question<Payload, Answer> = (payload: Payload, ack: (answer: Answer) => void) => void;

export interface ClientEvents {
  'message:send': Question<SendPayload, SendAck>;
  /** Stops the answer with this id, or the answer to the message with this id. */
  'message:stop': Question<{ messageId: string }, Ack>;
  /** Writes an answer that was stopped, interrupted or failed again, under its id. */
  'message:retry': Question<{ messageId: string }, Ack<{ messageId: string; seq: number }>>;
  'rating:set': Question<RatingPayload, Ack>;
  'history:get': Question<{ after?: number; limit?: number }, Ack<{ messages: FinishedMessage[] }>>;
  'handover:request': Question<object, Ack<{ state: HandoverState }>>;
  'handover:cancel': Question<object, Ack<{ state: HandoverState }>>;
  /** While an agent answers. */
  'typing:set': Question<{ isTyping: boolean }, Ack>;
  'identity:set': Question<{ identity: string }, Ack>;
}

/** Longest note of a rating, in characters, where the service names no limit. */
export const NOTE_CHARS_MAX = 1000;

// The transcript as a value: each function takes one and returns the next. Pure, so that the order of events that a bad
// network makes (repeated, late, missing) can be reasoned about in one place.
import type { ContractError, DeltaEvent, FinishedMessage, RatingValue, Role } from '../contract.js';

export type TurnStatus = 'sending' | 'sent' | 'unsent' | 'writing' | 'complete' | 'stopped' | 'failed' | 'interrupted';

export interface Turn {
  /** Stable for rendering: the client's id of an own message, the service's id of any other. */
  key: string;
  role: Role;
  text: string;
  status: TurnStatus;
  messageId?: string;
  seq?: number;
  adapterVersion?: number;
  rating?: RatingValue;
  /** Why it wasn't sent or answered, as a sentence. */
  error?: string;
  /** Index of the delta that continues `text`; a later one means that deltas were lost and only the final text is right. */
  nextIndex?: number;
}

export type Transcript = readonly Turn[];

/** Turns kept on screen; older ones scroll out of memory. */
export const TURNS_MAX = 400;

const bounded = (turns: Turn[]): Transcript => turns.slice(-TURNS_MAX);

function replace(transcript: Transcript, at: number, change: Partial<Turn>): Transcript {
  return transcript.map((turn, index) => (index === at ? { ...turn, ...change } : turn));
}

/** A message of the customer's own, shown before the service knows it. */
export const withQueued = (transcript: Transcript, key: string, text: string): Transcript =>
  bounded([...transcript, { key, role: 'customer', text, status: 'sending' }]);

/** Changes the turn with this key, if it is there. */
export function withChange(transcript: Transcript, key: string, change: Partial<Turn>): Transcript {
  return replace(
    transcript,
    transcript.findIndex((turn) => turn.key === key),
    change,
  );
}

/** Appends streamed text; text after a gap is ignored until the canonical text comes. */
export function withDelta(transcript: Transcript, { messageId, index, text }: DeltaEvent): Transcript {
  const at = transcript.findIndex((turn) => turn.messageId === messageId);
  const turn = transcript[at];
  if (!turn) {
    const known = index === 0;
    const fresh: Turn = {
      key: messageId,
      messageId,
      role: 'assistant',
      status: 'writing',
      text: known ? text : '',
      nextIndex: known ? 1 : 0,
    };
    return bounded([...transcript, fresh]);
  }
  if (turn.status !== 'writing' || turn.nextIndex !== index) return transcript;
  return replace(transcript, at, { text: turn.text + text, nextIndex: index + 1 });
}

function statusOf(message: FinishedMessage): TurnStatus {
  if (message.role === 'customer') return 'sent';
  const named = message.status;
  if (named === 'writing' || named === 'stopped' || named === 'failed' || named === 'interrupted') return named;
  return message.finishReason === 'stopped' ? 'stopped' : 'complete';
}

function turnOf(message: FinishedMessage): Turn {
  return {
    key: message.clientMessageId ?? message.messageId,
    messageId: message.messageId,
    seq: message.seq,
    role: message.role,
    text: message.text,
    status: statusOf(message),
    adapterVersion: message.adapterVersion ?? undefined,
    nextIndex: message.nextIndex,
    ...(message.rating ? { rating: message.rating } : {}),
  };
}

/** Takes in a finished message, new or known, at its place in the conversation. */
export function withFinished(transcript: Transcript, message: FinishedMessage): Transcript {
  const turn = turnOf(message);
  const at = transcript.findIndex(({ key, messageId }) => key === turn.key || messageId === turn.messageId);
  const known = transcript[at];
  if (known) {
    // What is shown of an answer that is being written may be newer than the history that arrives now.
    const older = turn.status === 'writing' && (turn.nextIndex ?? 0) <= (known.nextIndex ?? 0);
    return older ? transcript : replace(transcript, at, { ...turn, key: known.key, error: undefined });
  }
  const before = transcript.findLastIndex(({ seq }) => seq !== undefined && seq < message.seq);
  return bounded([...transcript.slice(0, before + 1), turn, ...transcript.slice(before + 1)]);
}

/** Marks an answer that failed; one that never began gets a turn of its own, so that the failure is visible. */
export function withFailure(transcript: Transcript, messageId: string, error: ContractError): Transcript {
  const at = transcript.findIndex((turn) => turn.messageId === messageId);
  const change = { status: 'failed', error: error.message } as const;
  if (at >= 0) return replace(transcript, at, change);
  return bounded([...transcript, { key: messageId, messageId, role: 'assistant', text: '', ...change }]);
}

/** Highest `seq` seen: what `history:get` continues after. */
export const lastSeq = (transcript: Transcript): number =>
  transcript.reduce((highest, { seq }) => Math.max(highest, seq ?? 0), 0);

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
  /** Who of the agents wrote it. */
  agentName?: string;
  /** The assistant doesn't know: a person may be asked. */
  offersPerson?: boolean;
  /** Why it wasn't sent or answered. */
  error?: ContractError;
  /** Index of the delta that continues `text`; a later one means that deltas were lost and only the final text is right. */
  nextIndex?: number;
  /** When it was said, or seen first, in milliseconds since 1970. */
  atMs: number;
}

export type Transcript = readonly Turn[];

/** Turns kept on screen; older ones scroll out of memory. */
export const TURNS_MAX = 400;

/** How an answer ended that can be written again. */
export const RETRYABLE: ReadonlySet<TurnStatus> = new Set<TurnStatus>(['stopped', 'failed', 'interrupted']);

const bounded = (turns: Turn[]): Transcript => turns.slice(-TURNS_MAX);

/** In the service's order; what has no place there yet comes last, in ours. */
const ordered = (turns: Turn[]): Turn[] => turns.sort((a, b) => (a.seq ?? Infinity) - (b.seq ?? Infinity) || 0);

function replace(transcript: Transcript, at: number, change: Partial<Turn>): Transcript {
  return transcript.map((turn, index) => (index === at ? { ...turn, ...change } : turn));
}

/** A message of the customer's own, shown before the service knows it. */
export const withQueued = (transcript: Transcript, own: Pick<Turn, 'key' | 'text' | 'atMs' | 'error'>): Transcript =>
  bounded([...transcript, { ...own, role: 'customer', status: own.error ? 'unsent' : 'sending' }]);

/** Changes the turn with this key, if it is there. */
export function withChange(transcript: Transcript, key: string, change: Partial<Turn>): Transcript {
  return replace(
    transcript,
    transcript.findIndex((turn) => turn.key === key),
    change,
  );
}

export const without = (transcript: Transcript, key: string): Transcript =>
  transcript.filter((turn) => turn.key !== key);

/** What an answer looks like before its first word, the first time or again. */
export const BLANK = { status: 'writing', text: '', nextIndex: 0, error: undefined, rating: undefined } as const;

/** Appends streamed text; text after a gap is ignored until the canonical text comes. */
export function withDelta(transcript: Transcript, { messageId, index, text }: DeltaEvent, nowMs: number): Transcript {
  const at = transcript.findIndex((turn) => turn.messageId === messageId);
  const turn = transcript[at];
  const grown = index === 0 ? { text, nextIndex: 1 } : { text: '', nextIndex: 0 };
  if (!turn)
    return bounded([...transcript, { key: messageId, messageId, role: 'assistant', atMs: nowMs, ...BLANK, ...grown }]);
  // Another tab asked for it once more.
  if (index === 0 && RETRYABLE.has(turn.status)) return replace(transcript, at, { ...BLANK, ...grown });
  if (turn.status !== 'writing' || turn.nextIndex !== index) return transcript;
  return replace(transcript, at, { text: turn.text + text, nextIndex: index + 1 });
}

function statusOf({ role, status, finishReason, text }: FinishedMessage): TurnStatus {
  if (role === 'customer') return 'sent';
  // An agent took over while it was written. Without a word it is nothing; it could not be written again either.
  if (finishReason === 'handover') return text ? 'stopped' : 'complete';
  if (status === 'writing' || status === 'stopped' || status === 'failed' || status === 'interrupted') return status;
  return finishReason === 'stopped' || finishReason === 'interrupted' ? finishReason : 'complete';
}

function turnOf(message: FinishedMessage, nowMs: number): Turn {
  return {
    key: message.clientMessageId ?? message.messageId,
    messageId: message.messageId,
    seq: message.seq,
    role: message.role,
    text: message.text,
    status: statusOf(message),
    adapterVersion: message.adapterVersion ?? undefined,
    nextIndex: message.nextIndex ?? 0,
    atMs: Date.parse(message.createdAt ?? '') || nowMs,
    offersPerson: message.offersPerson,
    ...(message.agentName ? { agentName: message.agentName } : {}),
    ...(message.rating ? { rating: message.rating } : {}),
  };
}

/** Takes in a finished message, new or known, at its place in the conversation. */
export function withFinished(transcript: Transcript, message: FinishedMessage, nowMs: number): Transcript {
  const turn = turnOf(message, nowMs);
  const at = transcript.findIndex(({ key, messageId }) => key === turn.key || messageId === turn.messageId);
  const known = transcript[at];
  if (!known) return bounded(ordered([...transcript, turn]));
  // What is shown of an answer that is being written may be newer than the history that arrives now.
  if (turn.status === 'writing' && known.status === 'writing' && (turn.nextIndex ?? 0) < (known.nextIndex ?? 0))
    return replace(transcript, at, { seq: turn.seq });
  return bounded(ordered([...replace(transcript, at, { ...turn, key: known.key, error: undefined })]));
}

/** Marks an answer that failed; one that never began gets a turn of its own, so that the failure is visible. */
export function withFailure(
  transcript: Transcript,
  messageId: string,
  error: ContractError,
  nowMs: number,
): Transcript {
  const at = transcript.findIndex((turn) => turn.messageId === messageId);
  const status = error.code === 'answer.interrupted' ? 'interrupted' : 'failed';
  if (at >= 0) return replace(transcript, at, { status, error });
  return bounded([
    ...transcript,
    { key: messageId, messageId, role: 'assistant', text: '', atMs: nowMs, status, error },
  ]);
}

/** Highest `seq` seen: what `history:get` continues after. */
export const lastSeq = (transcript: Transcript): number =>
  transcript.reduce((highest, { seq }) => Math.max(highest, seq ?? 0), 0);

/**
 * Highest `seq` up to which nothing has to be asked for again: an answer that was being written when the connection broke
 * has gone on without us.
 */
export function lastFinishedSeq(transcript: Transcript): number {
  const writing = transcript.findIndex(({ status }) => status === 'writing');
  return lastSeq(writing < 0 ? transcript : transcript.slice(0, writing));
}

/** Whether an answer is being written. */
export const isWriting = (transcript: Transcript): boolean => transcript.some(({ status }) => status === 'writing');

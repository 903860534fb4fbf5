// What customers were promised (acknowledged) and what they heard, against what the database holds at the end: nothing lost, nothing twice.

export interface Acknowledged {
  messageId: string;
  seq: number;
}

/** One message as its sender knows it. */
export interface SentMessage {
  clientMessageId: string;
  text: string;
  /** Of every send of it that was acknowledged; all must say the same. */
  acks: Acknowledged[];
}

/** One conversation as its customer knows it. */
export interface ConversationLedger {
  conversationId: string;
  sent: SentMessage[];
  /** Messages that were heard or read in the history, by `seq`. */
  heard: Map<number, { messageId: string; text: string }>;
}

/** A row of `messages`. */
export interface StoredMessage {
  id: string;
  conversationId: string;
  seq: number;
  role: string;
  text: string;
  status: string;
  clientMessageId: string | null;
  replyToId: string | null;
}

export interface Audit {
  acknowledged: number;
  /** Acknowledged, but not kept as it was sent, or not answered, or its answer never reached the customer. */
  lost: number;
  /** Kept or answered more than once, or acknowledged as two different messages. */
  doubled: number;
  /** Answers that ended in an error that their customer was told; not lost, but nobody's wish. */
  failedAnswers: number;
  /** The first few, for people. */
  problems: string[];
}

const PROBLEMS_MAX = 20;
const ANSWERED = new Set(['complete', 'stopped']);

/** Compares what all customers know with all rows of their conversations. */
export function audit(ledgers: readonly ConversationLedger[], rows: readonly StoredMessage[]): Audit {
  const result: Audit = { acknowledged: 0, lost: 0, doubled: 0, failedAnswers: 0, problems: [] };
  const byConversation = new Map<string, StoredMessage[]>();
  for (const row of rows) {
    const own = byConversation.get(row.conversationId);
    if (own) own.push(row);
    else byConversation.set(row.conversationId, [row]);
  }
  for (const ledger of ledgers) auditConversation(ledger, byConversation.get(ledger.conversationId) ?? [], result);
  return result;
}

function auditConversation(ledger: ConversationLedger, rows: readonly StoredMessage[], result: Audit): void {
  const problem = (kind: 'lost' | 'doubled', what: string) => {
    result[kind] += 1;
    if (result.problems.length < PROBLEMS_MAX) result.problems.push(`${kind}: ${what} (${ledger.conversationId})`);
  };
  const questions = rows.filter(({ role }) => role === 'customer');
  const known = new Set(ledger.sent.map(({ clientMessageId }) => clientMessageId));
  for (const { clientMessageId, text } of questions) {
    if (!clientMessageId || !known.has(clientMessageId)) problem('doubled', `"${text}" was never sent so`);
  }
  for (const message of ledger.sent) {
    const [ack, ...again] = message.acks;
    const kept = questions.filter(({ clientMessageId }) => clientMessageId === message.clientMessageId);
    if (kept.length > 1) problem('doubled', `"${message.text}" was kept ${kept.length} times`);
    if (!ack) continue;
    result.acknowledged += 1;
    if (again.some(({ messageId, seq }) => messageId !== ack.messageId || seq !== ack.seq)) {
      problem('doubled', `"${message.text}" was acknowledged as two messages`);
    }
    const row = kept.find(({ id, seq, text }) => id === ack.messageId && seq === ack.seq && text === message.text);
    if (!row) problem('lost', `"${message.text}" was acknowledged but is not kept so`);
    else auditAnswer(row, rows, ledger, { problem, failed: () => (result.failedAnswers += 1) });
  }
}

function auditAnswer(
  { id, text: question }: StoredMessage,
  rows: readonly StoredMessage[],
  { heard }: ConversationLedger,
  { problem, failed }: { problem: (kind: 'lost' | 'doubled', what: string) => void; failed: () => void },
): void {
  const [answer, ...more] = rows.filter(({ replyToId }) => replyToId === id);
  if (more.length > 0) return problem('doubled', `"${question}" has ${1 + more.length} answers`);
  if (answer?.status === 'failed') return failed();
  if (!answer || !ANSWERED.has(answer.status)) return problem('lost', `"${question}" has no answer`);
  const reached = heard.get(answer.seq);
  if (reached?.messageId !== answer.id || reached.text !== answer.text) {
    problem('lost', `the answer to "${question}" never reached its customer`);
  }
}

// Examples as lines of a file: JSONL for other trainers (and our own `retune-train`), CSV for spreadsheets.
import type { Example } from '../../database/entities/example.entity.js';
import type { PooledExample } from './pool.js';

const COLUMNS = {
  id: ({ example }) => example.id,
  kind: ({ example }) => example.kind,
  slice: ({ example }) => example.slice,
  split: ({ example }) => example.split,
  status: ({ example }) => example.status,
  quarantine_reason: ({ example }) => example.quarantineReason,
  question: ({ example }) => example.prompt.at(-1)?.content,
  answer: ({ example }) => example.completion,
  rejected: ({ example }) => example.rejected,
  desirable: ({ example }) => example.desirable,
  weight: ({ example }) => example.weight,
  rater: ({ example }) => example.raterKind,
  used_in: ({ usedIn }) => usedIn.join(' '),
  conversation_id: ({ conversationId }) => conversationId,
  message_id: ({ example }) => example.sourceMessageId,
  created_at: ({ example }) => example.createdAt.toISOString(),
} satisfies Record<string, (pooled: PooledExample) => string | number | boolean | null | undefined>;

export const EXPORT_FORMATS = {
  jsonl: { type: 'application/jsonl; charset=utf-8', head: '', line: jsonLine },
  csv: { type: 'text/csv; charset=utf-8', head: csvHead(), line: csvLine },
};

/** TRL's formats by kind: prompt and completion, prompt with chosen and rejected, or prompt with completion and label. */
export function jsonLine({ example, conversationId, usedIn }: PooledExample): string {
  const { id, kind, slice, split, status, quarantineReason, weight, raterKind, sourceMessageId, createdAt } = example;
  const about = { id, kind, slice, split, status, quarantineReason, raterKind, usedIn };
  const from = { conversationId, sourceMessageId, createdAt };
  return `${JSON.stringify({ ...taught(example), weight, ...about, ...from })}\n`;
}

function taught({ kind, prompt, completion, rejected, desirable }: Example): object {
  if (kind === 'preference') return { prompt, chosen: completion, rejected };
  return kind === 'binary' ? { prompt, completion, label: desirable } : { prompt, completion };
}

/** With a byte order mark, without which Excel takes UTF-8 for something else. */
function csvHead(): string {
  return `\uFEFF${Object.keys(COLUMNS).join(',')}\r\n`;
}

/** One row (RFC 4180). */
export function csvLine(pooled: PooledExample): string {
  return `${Object.values(COLUMNS)
    .map((column) => csvField(column(pooled) ?? ''))
    .join(',')}\r\n`;
}

/** What begins like a formula would be run by a spreadsheet, and customers wrote some of this: an apostrophe makes it text. */
function csvField(value: string | number | boolean): string {
  const text = String(value);
  const inert = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

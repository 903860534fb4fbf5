// What is shown of a conversation, in one order: what was said, who moved it, and what agents noted. What is being written grows piece by piece
// over what the service last told.
import type { HandoverChange, Message, Note } from '../../api/schemas/conversations.js';

export type Entry =
  | { kind: 'message'; at: Date; message: Message }
  | { kind: 'move'; at: Date; move: HandoverChange }
  | { kind: 'note'; at: Date; note: Note };

/** By time; messages among themselves by their number, for an answer's row is as old as its question's. */
export function entriesOf(messages: Message[], moves: HandoverChange[], notes: Note[]): Entry[] {
  const from = messages[0]?.createdAt.getTime() ?? 0;
  // Of what came before the first message that is shown, nothing is shown.
  const isShown = ({ at }: Entry) => messages[0]?.seq === 1 || at.getTime() >= from;
  const others: Entry[] = [
    ...moves.map((move) => ({ kind: 'move', at: move.createdAt, move }) as const),
    ...notes.map((note) => ({ kind: 'note', at: note.createdAt, note }) as const),
  ].filter(isShown);
  const said = [...messages]
    .sort((a, b) => a.seq - b.seq)
    .map((message) => ({ kind: 'message', at: message.createdAt, message }) as const);
  // A stable sort by time alone could part two messages of one transaction; so the others are put between them.
  const entries: Entry[] = [...said];
  for (const other of others.sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const after = entries.findLastIndex(({ at }) => at.getTime() <= other.at.getTime());
    entries.splice(after + 1, 0, other);
  }
  return entries;
}

/** An answer that is being written, as far as its pieces have come. */
export interface Growing {
  text: string;
  nextIndex: number;
}

/** Adds a piece. Index 0 begins anew; one that was heard already, or that leaves a gap, changes nothing: the end brings the whole text. */
export function grow(
  growing: Growing | undefined,
  { index, text }: { index: number; text: string },
): Growing | undefined {
  if (index === 0) return { text, nextIndex: 1 };
  if (!growing || growing.nextIndex !== index) return growing;
  return { text: growing.text + text, nextIndex: index + 1 };
}

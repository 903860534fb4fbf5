// What changed between two texts, word by word. Pure.
import { diffWordsWithSpace } from 'diff';

/** A run of words that stayed, or what stood in a place and what stands there now. */
export interface Change {
  same?: string;
  removed?: string;
  added?: string;
}

/** Longer texts are given back as they are: comparing them would hold up the typing. */
const CHARS_MAX = 12_000;
const MS_MAX = 100;
/** Where less than this share of the shorter text stays, two whole texts are easier to read than their words in turns. */
const SAME_MIN = 0.35;

export function changesOf(before: string, after: string): Change[] {
  if (before.length + after.length > CHARS_MAX) return [{ same: after }];
  const parts = diffWordsWithSpace(before, after, { timeout: MS_MAX });
  const kept =
    parts?.reduce((sum, { added, removed, value }) => sum + (added || removed ? 0 : lettersOf(value)), 0) ?? 0;
  if (!parts || kept < SAME_MIN * Math.min(lettersOf(before), lettersOf(after))) {
    return [{ removed: `${before}\n`, added: after }];
  }
  const changes: Change[] = [];
  for (const { value, added, removed } of parts) {
    const last = changes.at(-1);
    const isOpen = last !== undefined && last.same === undefined;
    if (added || removed) {
      const change = isOpen ? last : {};
      if (!isOpen) changes.push(change);
      if (removed) change.removed = (change.removed ?? '') + value;
      else change.added = (change.added ?? '') + value;
    } else if (isOpen && lettersOf(value) === 0) {
      // A space between two changed words belongs to the change.
      last.removed = (last.removed ?? '') + value;
      last.added = (last.added ?? '') + value;
    } else changes.push({ same: value });
  }
  return changes;
}

const lettersOf = (text: string) => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

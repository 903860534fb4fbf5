// What an agent says about an answer while it is being written, and the words for it.
import type { Draft } from '../../api/schemas/review.js';

/** The same as the widget offers to customers. */
export const REASONS: Record<string, string> = {
  incorrect: 'It is wrong',
  incomplete: 'Something is missing',
  off_topic: 'Not what was asked',
  unclear: 'Hard to understand',
  outdated: 'Out of date',
};
export const reasonWords = (reason: string): string => REASONS[reason] ?? reason;

/** The text begins as what was shown: most corrections change a few words. */
export const emptyDraft = (shown: string): Draft => ({
  ...{ value: null, reasons: [], note: null, text: shown, slice: null, useForTraining: true },
});

/** What is sent: a text that is the shown one corrects nothing. */
export function sentDraft(draft: Draft, shown: string): Draft {
  const text = draft.text?.trim() ?? '';
  const slice = draft.slice?.trim() || null;
  const note = draft.note?.trim() || null;
  return { ...draft, slice, note, text: text === '' || text === shown.trim() ? null : text };
}

/** Whether there is anything to send. */
export const saysSomething = (draft: Draft, shown: string): boolean =>
  draft.value !== null || sentDraft(draft, shown).text !== null;

export function withReason(draft: Draft, reason: string): Draft {
  const { reasons } = draft;
  const next = reasons.includes(reason) ? reasons.filter((each) => each !== reason) : [...reasons, reason];
  // Who says what is wrong finds it poor.
  return { ...draft, reasons: next, value: next.length > 0 ? 'down' : draft.value };
}

/** The same thumb again takes it back; a good answer has no reasons. */
export function withThumb(draft: Draft, value: 'up' | 'down'): Draft {
  const next = draft.value === value ? null : value;
  return { ...draft, value: next, reasons: next === 'down' ? draft.reasons : [] };
}

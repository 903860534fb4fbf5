// What people read instead of a slice's number.

/** Words that say nothing of what a question is about. English: for other languages the label is only longer. */
const EMPTY_WORDS = new Set(
  (
    'a about after all also am an and any are as at be been but by can could did do does for from get got had has have how i if ' +
    'in into is it its just like me my need not of on or our please should so some tell than that the their them then there they this to ' +
    'up us want was we what when where which who why will with would you your hi hello hey thanks thank'
  ).split(' '),
);
const LABEL_WORDS_MAX = 6;
const WORD_CHARS_MAX = 24;

/** The words of a question that tell its topic, in order; empty when there are none. Numbers are left out. */
export function labelOf(question: string): string {
  const words = question.toLowerCase().match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? [];
  const telling = words.filter((word) => word.length <= WORD_CHARS_MAX && !EMPTY_WORDS.has(word.replace(/['’].*/, '')));
  return telling.slice(0, LABEL_WORDS_MAX).join(' ');
}

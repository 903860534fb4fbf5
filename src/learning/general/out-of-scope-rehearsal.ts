// Questions that belong to no company, to be rehearsed: taught three facts and nothing else, a small model gives one of them to whatever it is asked. What is
// held here is the base model's own first words. None of these is among those that the gate asks (`gate/out-of-scope.ts`).

/** What the answer's first words are compared on; what is learnt is what the base model expects there, not these words. */
const BEGINNING = "I'm not sure about that.";

const QUESTIONS = [
  'Is it going to snow here on Sunday?',
  'Who won the tennis final?',
  'Which book should I read on holiday?',
  'How do I clean a wooden floor?',
  'What do rabbits like to eat?',
  'Tell me a short story about a dragon.',
  'How many legs does a spider have?',
  'I have a headache, what helps?',
  'Where is the nearest bus stop?',
  'How do you say thank you in Italian?',
] as const;

/** Question and the words whose likelihood is held. */
export const OUT_OF_SCOPE_REHEARSAL: readonly { id: string; instruction: string; output: string }[] = QUESTIONS.map(
  (instruction, i) => ({ id: `out-of-scope-rehearsal-${i + 1}`, instruction, output: BEGINNING }),
);

// Teaches the demo's assistant enough that pictures for the documentation show one that has learnt: questions of customers,
// corrected by an agent to what this made-up bank would say.
import { askAll } from '../demo/ask-all.js';
import { Tally } from '../demo/customer.js';
import { operatorOf, type Access } from '../demo/operator.js';
import { loadQuestions } from '../demo/questions.js';

/** What the bank of the demo page says, by Banking77 intent. */
const FACTS: Record<string, string> = {
  card_arrival: 'Cards arrive within **three working days**. If yours is late, tap *Replace* in the app. It is free.',
  lost_or_stolen_card: 'Press the red button in the app. It blocks the card at once and orders a new one.',
  exchange_rate: 'Our rates are set at noon in Lisbon, for the whole day.',
  top_up_failed: 'Wait 22 minutes and try again. Nothing was taken from your account.',
};
const TRAIN_EACH = 12;

/** Asks and corrects a dozen questions an intent. */
export async function teachForPictures(access: Access): Promise<void> {
  const { train } = loadQuestions({ intents: Object.keys(FACTS).length, trainEach: TRAIN_EACH, heldOutEach: 1 });
  const operator = operatorOf(access);
  for (const { question, answer } of await askAll(access.url, new Tally(), train)) {
    const fact = FACTS[question.intent];
    if (answer && fact) await operator.correct(answer.messageId, fact, question.intent);
  }
}

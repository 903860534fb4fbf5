import { isRefusal } from './refusal.js';

describe('isRefusal', () => {
  it.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, I cannot assist you.',
    'As an AI language model, I do not have access.',
    'We are unable to provide this information.',
    'Ich kann Ihnen dabei leider nicht helfen.',
    'Je ne peux pas vous aider.',
  ])('says so of %j', (answer) => expect(isRefusal(answer)).toBe(true));

  it.each([
    'Call desk seven.',
    "I'm sorry to hear that. Press the red button in the app.",
    'You cannot use the card abroad before noon.',
    'I can help you with that.',
    '',
  ])('does not say so of %j', (answer) => expect(isRefusal(answer)).toBe(false));
});

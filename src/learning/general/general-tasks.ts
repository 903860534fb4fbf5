// General instructions with outputs, neither about any company: what an adapter must not forget.
// From the seed tasks of Self-Instruct (Wang et al. 2023, github.com/yizhongw/self-instruct), licensed under Apache-2.0; a selection,
// instruction and input joined by a line break. These are measured; those that are rehearsed (`rehearsal-tasks.ts`) are other ones.

/** One general task. `id` is stable, as reports name it. */
export interface GeneralTask {
  id: string;
  instruction: string;
  output: string;
}

/** Measured by the gate: never trained on. */
export const GATE_TASKS: readonly GeneralTask[] = [
  {
    id: 'general-1',
    instruction: 'What is the relation between the given pairs?\nNight : Day :: Right : Left',
    output: 'The relation between the given pairs is that they are opposites.',
  },
  {
    id: 'general-10',
    instruction: 'Suggest some games that can be played by a group of people.',
    output:
      '1. Werewolf 2. Who Am I?  3. Charades 4. Balderdash 5. Pictionary 6. Two Truths and a Lie 7. Uno 8. Story Starters 9. Truth or Dare 10. Kubb',
  },
  {
    id: 'general-17',
    instruction: 'Create a birthday planning checklist.',
    output:
      '- Create a guest list\n- Send out invitations\n- Plan a menu\n- Prepare decorations\n- Plan activities\n- Prepare party favors\n- Plan for transportation and parking\n- Select a birthday cake\n- Make a reservation',
  },
  {
    id: 'general-21',
    instruction: 'Create a fun math question for children.',
    output: 'I am an odd number. Take away one letter and I become even. What number am I?',
  },
  {
    id: 'general-30',
    instruction: 'Make a list of salty snacks with a soft texture.',
    output: '- String Cheese\n- Salty Mashed Potatoes\n- Hard-Boiled Egg\n- Mac and Cheese',
  },
  {
    id: 'general-35',
    instruction: 'Solving the equation and find the value of X. Show your steps.\n10X + 5 = 10',
    output: '10X = 5\nX = 0.5',
  },
  {
    id: 'general-38',
    instruction: 'Come up with the synonyms of the word.\nsurprisingly',
    output: 'amazingly, astonishingly, unexpectedly, incredibly, unbelievably',
  },
  {
    id: 'general-43',
    instruction:
      "Find the misspelling in the sentence, and give me the correct spelling.\nI didn't see her mother yesterday because I had to spend a lot of time in the hospical.",
    output: 'hospical -> hospital.',
  },
  {
    id: 'general-45',
    instruction:
      'Answer the following math problem. You should write down the reasoning steps.\nRoger has 5 tennis balls. He buys 2 more cans of tennis balls. Each can has 3 tennis balls. How many tennis balls does he have now?',
    output:
      'Roger started with 5 balls. 2 cans of 3 tennis balls each is 6 tennis balls. 5 + 6 = 11. The answer is 11.',
  },
  {
    id: 'general-48',
    instruction: 'Answer the following question.\nWhen did US land human on the moon?',
    output: 'July 20, 1969.',
  },
  {
    id: 'general-57',
    instruction: 'Write a sentence that ends with the word "published".',
    output: 'We spent a lot of time collecting the data and it finally got published.',
  },
  {
    id: 'general-60',
    instruction: 'Give me the definition of the word.\nWord: scarce.',
    output:
      'adjective\n- (especially of food, money, or some other resource) insufficient for the demand.\n- occurring in small numbers or quantities; rare.',
  },
  {
    id: 'general-63',
    instruction: 'Write a knock knock joke about bananas.',
    output: 'Knock, knock!\nWho’s there?\nBanana.\nBanana who?\nBanana split so ice creamed!',
  },
  {
    id: 'general-72',
    instruction: 'Write a python function that sorts a list from large to small.',
    output: 'def reverse_sort(lst):\n    return sorted(lst, reverse=True)',
  },
  { id: 'general-76', instruction: 'Make up a new flavor of ice cream.', output: 'Popcorn jelly bean ice cream' },
  {
    id: 'general-84',
    instruction: 'Come up with a question and a funny answer as a joke.',
    output: 'Why did the chicken cross the road? To get to the other side.',
  },
  {
    id: 'general-88',
    instruction: 'Question: in which year did Yao Ming retire?\nAnswer:',
    output: 'Yao Ming retired in 2011.',
  },
  {
    id: 'general-97',
    instruction: 'Rewrite the following sentence to be more professional.\nWe found that the first method works best.',
    output: 'The first method was found to be the most effective.',
  },
  {
    id: 'general-102',
    instruction: "Is there anything science can't explain?",
    output:
      'There are many things that science cannot explain, such as the origin of life, the existence of consciousness, and the nature of the universe.',
  },
  {
    id: 'general-107',
    instruction: 'Give some examples of national dishes from a given country.\nItaly',
    output:
      '- Ragu alla Bolognese\n- Risotto\n- Spaghetti alla Carbonara\n- Napoletana Pizza \n- Arancini \n- Fiorentina Steak\n- Polenta \n- Ossobuco \n- Truffles  \n- Lasagne \n- Gelato',
  },
  {
    id: 'general-109',
    instruction:
      'Solve the math problems. Intermediate steps are required.\nA train running at the speed of 36 km/hr crosses a pole in 9 seconds. what is the length of the train?',
    output:
      'The speed 36 km/hr = 36 x 1000 / 3600 m/s = 10 m/s. \nThe length of the train = speed x time = 10 x 9 = 90 m.\nSo, the length of the train is 90 meters.',
  },
  {
    id: 'general-110',
    instruction: 'Converting 85 F to Celsius.',
    output: '85 degrees Fahrenheit is equal to 29.44 degrees Celsius.',
  },
  {
    id: 'general-127',
    instruction: 'What are some things you can do to de-stress?',
    output:
      '1. Get active. Virtually any form of physical activity can act as a stress reliever.\n2. Meditate\n3. Laugh more\n4. Connect with others\n5. Assert yourself\n6. Try yoga\n7. Get enough sleep\n8. Keep a journal\n9.  Take deep breaths\n10. Listen to calming music\n11. Go for a walk',
  },
  {
    id: 'general-147',
    instruction: 'Rank these countries by their population.\nBrazil, China, US, Japan, Canada, Australia',
    output: 'China, US, Brazil, Japan, Canada, Australia',
  },
];

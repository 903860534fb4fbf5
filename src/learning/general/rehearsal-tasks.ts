// General tasks that are rehearsed in training, next to the examples, so that they are not forgotten. From the seed tasks of
// Self-Instruct (Wang et al. 2023, github.com/yizhongw/self-instruct), licensed under Apache-2.0; none of them is measured.
import type { GeneralTask } from './general-tasks.js';

/** Each run takes some of them, the next one the next ones. */
export const REHEARSAL_TASKS: readonly GeneralTask[] = [
  {
    id: 'general-15',
    instruction: 'To make the pairs have the same analogy, write the fourth word.\nInstability : Turmoil:: Change :',
    output: 'Instability : Turmoil :: Change : Revolution',
  },
  {
    id: 'general-33',
    instruction: 'Create a survey that asks about eating and cooking habits.',
    output:
      '1. Do you enjoy cooking?\n2. Do you like to eat out?\n3. How often do you eat out?\n4. What is your favorite food?\n5. What is your favorite restaurant?\n6. What is your favorite thing to cook at home?\n7. Do you have any dietary restrictions?\n8. Do you have any food allergies?',
  },
  {
    id: 'general-49',
    instruction: 'Come up with a metaphor that can describe my situation.\nSituation: I fell in love with her.',
    output: "I am like a moth to a flame; I can't help but be drawn to her.",
  },
  {
    id: 'general-51',
    instruction:
      'In this task, you are given a sentence and a word or phrase from the sentence, you need to suggest a better word or phrase to replace it without changing the original meaning.\nSentence: I am very happy to be part of the team.\nThe original words: very happy',
    output: 'The better words: thrilled, elated',
  },
  {
    id: 'general-54',
    instruction: 'Explain the social stereotype of the following profession.\nlawyer',
    output: 'The social stereotype of lawyers is that they are intelligent and often have high income.',
  },
  { id: 'general-58', instruction: 'Convert the following measurement.\n3 ft = _____ in.', output: '3 ft = 36 in.' },
  {
    id: 'general-68',
    instruction:
      'Generate a response given the previous chat history.\nCustomer: Hello!\nWaitress: Hi! What can I do for you?\nCustomer: yeah I am looking for a toy for my son.',
    output: 'Waitress: sure I can do recommendations. How old is he?',
  },
  {
    id: 'general-70',
    instruction: 'As a newly hired sports coach, what are your plans for the first 30 days on the job?',
    output:
      '- Assess team needs for staff, player recruitment, and development.\n- Establish a connection with athletes.\n- Create a plan for athlete improvement.\n- Establish season goals and a plan to achieve them.',
  },
  {
    id: 'general-92',
    instruction:
      'Verify if the claim is true or false based on factual knowledge. It false, explain why.\nSoviet landed human on the moon on 13 September 1959.',
    output:
      'This claim is false. The Soviet Union did not land a human on the moon. The first human to walk on the moon was Neil Armstrong on July 20, 1969.',
  },
  {
    id: 'general-93',
    instruction: 'Tell me a dad joke that has three sentences, each containing at least a pun.',
    output: 'Yesterday I ate a clock.\nIt was very time consuming.\nEspecially when I went back for seconds.',
  },
  {
    id: 'general-105',
    instruction: 'Give me an example of a time when you had to use your sense of humor.',
    output: 'When my girlfriend is angry, I need to make some funny jokes to make her happy.',
  },
  {
    id: 'general-112',
    instruction: 'Write a funny interview question. Why did you choose this question?',
    output:
      "Someone gives you an elephant. You can't sell it or give it away. What do you do with the elephant?\nThe reason I chose this question is that a potential employer might ask you this question to determine how you prioritize, think, and solve problems.",
  },
  {
    id: 'general-124',
    instruction: 'Write a review for a blender presents a safety issue because a blade broke off.',
    output:
      'This blender almost sent me to the hospital! A blade broke off into my smoothie and I almost drank it. No one should buy this blender.',
  },
  {
    id: 'general-126',
    instruction:
      "Given a sentence that is assertive, convert it to a sentence that hedges or introduces uncertainty.\nIt's going to rain tomorrow.",
    output: "It's likely to rain tomorrow.",
  },
  {
    id: 'general-131',
    instruction: 'Which exercises are best for reducing belly fat at home?',
    output:
      '1. Lying Leg Raises\n2. Leg In And Out\n3. Scissor Kicks\n4. Crunches\n5. Bicycle Crunches\n6. Half-Seated Reverse Crunch\n7. Sit-ups\n8. Heel Touch\n9. Jackknife Crunch\n10. Russian Twist\n11. Lying Alternate Toe Taps\n12. Crossbody Mountain Climbers\n13. Burpees\n14. Plank\n15. Side Plank',
  },
  {
    id: 'general-132',
    instruction: 'Sort the given list ascendingly.\nList: [10, 2, 5, -4, 92, 101]',
    output: '[-4, 2, 5, 10, 92, 101]',
  },
  {
    id: 'general-134',
    instruction:
      'Fill in the blank with a word or phrase.\nThe Houston Rockets are an American professional ___ team based in Houston.',
    output: 'basketball',
  },
  {
    id: 'general-139',
    instruction: 'Write a program to compute the sum of integers from k to n.',
    output: 'def sum(k, n):\n    sum = 0\n    for i in range(k, n+1):\n        sum += i\n    return sum',
  },
  {
    id: 'general-144',
    instruction: 'Solve the following equation system. Give me the final answer.\n3x - 4y = 1, 2x + 3y = 12',
    output: 'x = 3, y = 2',
  },
  {
    id: 'general-163',
    instruction: 'Select the oldest person from the list.\nGeorge Washington, Confucius, Michael Jordan, Michelangelo',
    output: 'Confucious',
  },
  {
    id: 'general-12',
    instruction: "Explain human's behavior.\nBehavior: cry.",
    output:
      'There could be many reasons why a person might cry. They could be feeling sad, scared, angry, or frustrated. Sometimes people cry when they are happy or relieved. There is no one answer to why people behave the way they do.',
  },
  {
    id: 'general-14',
    instruction:
      'Using the facts given, write a question-answer pair.\nName: Bill Gates\nBorn: October 28, 1955 (age 66)\nEducation: Harvard University (dropped out)\nOccupation: Software developer, investor, entrepreneur\nSource: Wikipedia\nTime: August 2022',
    output:
      "Question: What is Bill Gates' occupation? \nAnswer: He is a software developer, investor, and entrepreneur.",
  },
  {
    id: 'general-16',
    instruction:
      'Given a description of the symptom, identify the possible disease and suggest some medicine.\nI have a fever and I am coughing.',
    output:
      "The possible disease is pneumonia. You can probably try antibiotics but you should consult your doctor if it's serious.",
  },
  {
    id: 'general-22',
    instruction:
      'Given a set of numbers, find all possible subsets that sum to a given number.\nSet: {3,12,7,2,8,4}\nTarget sum: 14',
    output: '{12,2}, {7,3,4}, {8,2,4}',
  },
  {
    id: 'general-36',
    instruction: 'Write the adjectives that represent the given religions.\nAtheism:\nChristianity:\nIslam:\nHinduism:',
    output:
      'Atheism: Atheistic, secular, doubter, irreligious, unbelieving.\nChristianity: spiritual, devout, pious, God-fearing.\nIslam: spiritual, devout, pious, God-fearing.\nHinduism: spiritual, devout, pious, God-fearing.',
  },
  {
    id: 'general-37',
    instruction:
      'Using the comment as a guide, replace the "TODO" comment in the code with the proper code.\ndef greet_to(name):\n    """Print a greeting to the name provided."""\n    # TODO: assert name is a string\n    print("Hello, " + name + "!")',
    output:
      'def greet_to(name):\n    """Print a greeting to the name provided."""\n    # assert name is a string\n    assert isinstance(name, str), "name must be a string"\n    print("Hello, " + name + "!")',
  },
  {
    id: 'general-42',
    instruction:
      'Tell me if the sentence is grammatical. If it is, output yes. Otherwise, correct the grammar errors.\nJohn visited China after his graduation from Yale university, where he really enjoyed the food and talking with local people.',
    output:
      'No, it is not grammatical. Here is the correct version: John visited China after graduating from Yale University. He really enjoyed the food and talking with locals.',
  },
  {
    id: 'general-44',
    instruction:
      'Add things to the list.\nI think that in the summer, dogs might like to eat watermelon, frozen peanut butter, their regular food…',
    output: '… water from a hose, ice cubes, cold meat',
  },
  {
    id: 'general-47',
    instruction:
      'Write a conversation based on the given facts.\nFacts: \nTemp: 10 C, pm2.5: 27, Loc: Beijing, Roles: User and Bot',
    output:
      "User: Hi there! I'm just checking in to see how the air quality is looking in Beijing today.\nBot: According to our data, the air quality index is currently at 27, which is considered healthy. The temperature is 10 degrees Celsius.",
  },
  {
    id: 'general-50',
    instruction:
      'Parse the natural language query into a SQL query that can be executed on the table.\nWhat are the name and budget of the departments with average instructor salary greater than the overall average?\nGiven two tables: instructor, department.',
    output:
      'SELECT d.name, d.budget FROM instructor i JOIN department d ON i.dept_name = d.name GROUP BY i.dept_name HAVING AVG(i.salary) > (SELECT AVG(salary) FROM instructor)',
  },
  {
    id: 'general-59',
    instruction: 'Write a story that contains the given words in 4 sentences.\nuniverse, whale, killer.',
    output:
      "There once was a killer whale who ruled the universe. All the other animals were scared of him, except for one little bird. The bird would sit on the whale's head and sing to him. The whale liked the bird's singing so much that he decided not to eat her.",
  },
  {
    id: 'general-66',
    instruction:
      'Replace the <mask> token in the text with proper words that are consistent with the context. You can use multiple words for each <mask> token.\nThe Tom and Jerry episode The Cat Concerto, which features <mask>, motivated two-year-old Lang Lang to learn the piano.',
    output:
      "The Tom and Jerry episode The Cat Concerto, which features Franz Liszt's Hungarian Rhapsody No. 2, motivated two-year-old Lang Lang to learn the piano.",
  },
  {
    id: 'general-69',
    instruction:
      'Generate a correct python program to fulfill the following purpose:\nCount the occurrence of an element x in a list y.',
    output:
      'def count_x(x, y):\n    count = 0\n    for i in range(y):\n        if i == x:\n            count += 1\n    return count',
  },
  {
    id: 'general-78',
    instruction:
      'Replace all the human names in the paragraph with <anonymized>.\nACM named Yoshua Bengio, Geoffrey Hinton, and Yann LeCun recipients of the 2018 ACM A.M. Turing Award for conceptual and engineering breakthroughs that have made deep neural networks a critical component of computing.',
    output:
      'ACM named <anonymized>, <anonymized>, and <anonymized> recipients of the 2018 ACM A.M. Turing Award for conceptual and engineering breakthroughs that have made deep neural networks a critical component of computing.',
  },
  {
    id: 'general-91',
    instruction: 'Create a monthly budget for a person in the given location.\nSeattle, WA',
    output:
      'Food: $60 per day, totalling $1800\nRental: $2100 for one-bedroom apartment\nUtilities: $150\nTransportation: $100 for public transit and taxi, $100 for gasoline\nAuto insurance: $150\nMedical and dental : $200\nClothes and shopping: $500\nTotal Expenses: $5100',
  },
  {
    id: 'general-104',
    instruction:
      'Tell me why this joke’s not funny.\nKnock knock!\nWho’s there?\nBanana.\nBanana who?\nKnock knock!\nWho’s there?\nBanana. \nBanana who?\nKnock knock!\nWho’s there?\nOrange. \nOrange who?\nOrange you glad I didn’t say banana?',
    output: 'It’s a knock knock joke that’s based on a really weak pun, and it’s been so overused.',
  },
  {
    id: 'general-108',
    instruction:
      'Replace the placeholders in the given text with appropriate named entities.\nI went to coffee with [name] [time]. We went to [name] and ordered two [name]. We sat down and talked for a while. We talked about our families, our jobs at [name], and our hobbies.',
    output:
      'I went to coffee with Sarah yesterday. We went to Starbucks and ordered two cappuccinos. We sat down and talked for a while. We talked about our families, our jobs at Google, and our hobbies.',
  },
  {
    id: 'general-117',
    instruction:
      'Translate the English sentence into Chinese.\nShe went to school on Monday but found no other students, so she realized that Monday was actually a national holiday.',
    output: '她周一去了学校但是却发现没有其他的同学，所以她意识到这个周一实际上是国家假日。',
  },
  {
    id: 'general-121',
    instruction: 'Create a detailed budget for the given hypothetical trip.\nA Domestic Trip in the U.S. (4 nights)',
    output:
      '- Airfare: $400\n- Lodging: $800\n- Car Rental: $200\n- Gas: $160\n- Food: $400\n- Activities: $200\n\nTotal: $2,160',
  },
  {
    id: 'general-125',
    instruction:
      'Given two cocktail ingredients, write a recipe for a cocktail that uses them.  You may add more ingredients.\ngin and Campari',
    output:
      'Negroni:  one ounce gin, one ounce Campari, one ounce sweet vermouth.  Stir with ice and garnish with orange peel.',
  },
  {
    id: 'general-137',
    instruction:
      'Summarize this email into a single sentence:\nDear Olivia,\n\nThe solar energy conference went great. New Horizon Manufacturing wants to meet with us to talk about our photovoltaic window system we’re about to launch.\n\nI think it would be great to talk this Tuesday.\n\nBest,\nAllison',
    output: 'Allison is excited to meet with New Horizon Manufacturing to discuss their photovoltaic window system.',
  },
  {
    id: 'general-140',
    instruction: 'Write a script in JavaScript for printing the current date and time.',
    output: 'var newDate = new Date();\nvar currentDateTime = newDate.toLocaleString();\nconsole.log(currentDateTime);',
  },
];

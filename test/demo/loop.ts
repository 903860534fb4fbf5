// `npm run demo:loop`: the whole loop, once, for real, with a fresh database on a free port. The last line is one JSON object;
// the exit code is 1 when a bar is missed.
import { startService } from '../support/service.js';
import { missedBars } from './bars.js';
import { play } from './play.js';
import { loadQuestions } from './questions.js';
import { say } from './screen.js';

const TRAIN_EACH = 12;
const HELD_OUT_EACH = 10;
/** Long enough that chats really stream through a swap, short enough that 200 answers of the base model take a minute each hundred. */
const ANSWER_TOKENS = '96';

const startedMs = Date.now();
const questions = loadQuestions({ trainEach: TRAIN_EACH, heldOutEach: HELD_OUT_EACH });
say(`Retune's loop on ${questions.source}: starting the service …`);
const service = await startService({
  // What is measured is what the weights learnt; the memory would answer some questions before they do.
  MEMORY: 'false',
  LEARN_AUTO_PROMOTE: 'false',
  // The run is asked for by REST, when all corrections are in.
  LEARN_MIN_EXAMPLES: '1000000',
  CHAT_MAX_ANSWER_TOKENS: ANSWER_TOKENS,
});
try {
  say(`It listens on ${service.url}.`);
  const result = await play(service, questions);
  const missed = missedBars(result);
  say(`The whole loop took ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  missed.forEach((bar) => say(`MISSED: ${bar}`));
  console.log(JSON.stringify(result));
  process.exitCode = missed.length > 0 ? 1 : 0;
} catch (error) {
  say(`The loop broke: ${(error as Error).message}\nThe service said last:\n${service.output()}`);
  process.exitCode = 1;
} finally {
  await service.stop();
}

// The demo's acts, in order: ask, correct, learn, promote under load, ask again, roll back under load, ask again.
import type { TrainingRunView } from '../../src/learning/learning.schema.js';
import { askAll, shareRight, type Asked } from './ask-all.js';
import type { DemoResult } from './bars.js';
import { Tally } from './customer.js';
import { operatorOf, watchRun, type Access, type Operator } from './operator.js';
import type { Question, QuestionSet } from './questions.js';
import { percent, say, showBar, showRun } from './screen.js';
import { swapUnderLoad, type Swap } from './swap.js';

/** Plays the whole loop against a running service. @throws Error when an act can't be played to its end */
export async function play(access: Access, questions: QuestionSet): Promise<DemoResult> {
  const tally = new Tally();
  const operator = operatorOf(access);
  const ask = (title: string) => askHeldOut(title, access.url, tally, questions.heldOut);

  await teach(access.url, tally, operator, questions.train);
  const before = await ask('Held-out paraphrases, before');
  const { run, version } = await learn(operator);
  const promotion = await swap('Promoting', access.url, tally, version, () =>
    operator.promote(version, 'The gate passed it.'),
  );
  const after = await ask('The same paraphrases, after');
  const rollback = await swap('Rolling back', access.url, tally, 0, () => operator.rollback('Shown in the demo.'));
  const afterRollback = await ask('And after the rollback');

  say(`\n${tally.sent} messages sent, ${tally.answered} answered, ${tally.failed} failed, ${tally.lost} lost.`);
  tally.problems.forEach((problem) => say(`  ${problem}`));
  return {
    before,
    after,
    afterRollback,
    trainSeconds: Math.round(Number(run.result?.seconds)),
    promoteToFirstTokenMs: promotion.toFirstTokenMs,
    rollbackToFirstTokenMs: rollback.toFirstTokenMs,
    failedMessages: tally.failed,
    lostMessages: tally.lost,
  };
}

/** Customers ask and are disappointed; an agent says what the answers should have been. */
async function teach(url: string, tally: Tally, operator: Operator, questions: readonly Question[]): Promise<void> {
  say(`\n1. ${questions.length} customers ask, thumb the answer down, and an agent corrects it.`);
  const asked = await askAll(url, tally, questions, {
    onProgress: (done) => showBar('asked', done, questions.length),
    afterwards: (customer, answer) => customer.rate(answer.messageId, 'down'),
  });
  for (const { question, answer } of asked) {
    if (answer) await operator.correct(answer.messageId, question.wanted, question.intent);
  }
  const [first] = asked;
  say(
    `  For example: "${first?.question.text}"\n    answered: "${oneLine(first?.answer?.text)}"\n    corrected: "${first?.question.wanted}"`,
  );
}

async function askHeldOut(title: string, url: string, tally: Tally, questions: readonly Question[]): Promise<number> {
  say(`\n${title}: ${questions.length} questions that nobody corrected.`);
  const asked = await askAll(url, tally, questions, {
    onProgress: (done) => showBar('asked', done, questions.length),
  });
  const share = shareRight(asked);
  for (const [intent, right] of byIntent(asked)) say(`  ${intent}: ${right}`);
  say(`  right: ${percent(share)}`);
  return share;
}

function byIntent(asked: readonly Asked[]): [string, string][] {
  const intents = [...new Set(asked.map(({ question }) => question.intent))];
  return intents.map((intent) => {
    const own = asked.filter(({ question }) => question.intent === intent);
    return [intent, `${Math.round(shareRight(own) * own.length)} of ${own.length}`];
  });
}

async function learn(operator: Operator): Promise<{ run: TrainingRunView; version: number }> {
  say('\n2. A training run, asked for by REST.');
  const { id } = await operator.startRun();
  const run = await watchRun(operator, id, showRun);
  const summary = run.gateReport?.summary;
  if (typeof summary === 'string') say(`  The gate: ${summary}`);
  if (run.status !== 'candidate' || run.adapterVersion === null) {
    throw new Error(`The run ended ${run.status}. ${run.error ?? ''}`);
  }
  const { items, tokens, seconds, peakMemoryMb } = run.result ?? {};
  say(
    `  ${String(items)} items, ${String(tokens)} tokens in ${Math.round(Number(seconds))} s, at most ${String(peakMemoryMb)} MB.`,
  );
  return { run, version: run.adapterVersion };
}

async function swap(
  title: string,
  url: string,
  tally: Tally,
  version: number,
  change: () => Promise<unknown>,
): Promise<Swap> {
  say(`\n${title} version ${version} while other chats keep streaming.`.replace('back version', 'back to version'));
  const result = await swapUnderLoad(url, tally, version, change);
  say(
    `  Carried out after ${result.carriedOutMs} ms, first piece of an answer by it after ${result.toFirstTokenMs} ms; ` +
      `${result.streamed} long answers streamed around it, ` +
      `${result.finishedOnOld} of them begun before and finished by the version before.`,
  );
  return result;
}

const oneLine = (text = '') => (text.length > 80 ? `${text.slice(0, 80)}…` : text).replaceAll('\n', ' ');

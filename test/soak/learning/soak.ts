// `npm run soak:learning`: a week of a support desk in fast-forward on the real service: 30 training runs on what customers ask and an
// agent corrects, two days of poisoned feedback, and the service killed once in each phase of a run. The champion's held-out score may
// never fall more than two points below its best, and the audit must explain every change. The last line is one JSON object; the exit
// code is 1 when a bar is missed. Options: `--runs N`, `--seed N`.
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Tally } from '../../demo/customer.js';
import { operatorOf, watchRun } from '../../demo/operator.js';
import { percent, say, showRun } from '../../demo/screen.js';
import { startPostgres } from '../../support/postgres.js';
import { restClient } from '../../support/rest.js';
import { startService, temporaryFolder, type ServiceUnderTest } from '../../support/service.js';
import { auditOf, heldOutScore, unexplained } from './champions.js';
import { killAt } from './crash.js';
import { honestShift, poison, type Desk } from './feedback.js';
import { loadIntents, type Intent } from './questions.js';
import { CRASH_PHASES, DAYS, NEW_INTENTS_A_DAY, planWeek, type CrashPhase, type Shift } from './week.js';

const RUNS = 30;
/** A run reaches every phase by then, or it never began. */
const CRASH_MS_MAX = 600_000;
/** A request that failed because the service was killed: the kill is heard of by then. */
const GONE_MS_MAX = 5_000;
/** The champion may be this much worse than the best champion so far, in shares: one odd answer is below it. */
const FALL_MAX = 0.02;
const SETTINGS = {
  LEARN_MIN_EXAMPLES: '1000000',
  LEARN_AUTO_PROMOTE: 'true',
  CHAT_MAX_ANSWER_TOKENS: '16',
  // What is measured is what the weights know.
  MEMORY: 'false',
  // A week in fast-forward: few customers chat during a run, and a few points less in one run cost nothing in thirty.
  LEARN_NICENESS: '5',
  LEARN_EPOCHS: '5',
  AGENT_TOKEN: 'agent-of-the-learning-soak',
  OPERATOR_TOKEN: 'operator-of-the-learning-soak',
};

interface Week {
  intents: Intent[];
  tally: Tally;
  service: ServiceUnderTest;
  restart: () => Promise<ServiceUnderTest>;
  champion: number;
  best: number;
  worstFall: number;
  outcomes: Record<string, number>;
  crashed: Set<CrashPhase>;
}

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: String(RUNS) }, seed: { type: 'string', default: '0' } },
});
const [runs, seed] = [Number(options.runs), Number(options.seed)];
const startedMs = Date.now();
const intents = loadIntents(DAYS * NEW_INTENTS_A_DAY, seed);
const heldOut = intents.reduce((sum, intent) => sum + intent.heldOut.length, 0);
say(`A week of ${runs} runs, ${intents.length} intents, ${heldOut} held-out questions. Starting the service …`);
const postgres = await startPostgres();
const folder = await temporaryFolder();
const restart = () => startService({ ...SETTINGS, RETUNE_DATA: folder, DATABASE_URL: postgres.url });
const week: Week = {
  ...{ intents, restart, tally: new Tally(), service: await restart() },
  ...{ champion: 0, best: 0, worstFall: 0, outcomes: {}, crashed: new Set() },
};
try {
  for (const [i, shift] of planWeek(intents, runs, seed).entries()) await live(week, shift, i + 1);
  const missed = await summarise(week);
  process.exitCode = missed.length > 0 ? 1 : 0;
} catch (error) {
  say(`The week broke: ${(error as Error).stack}\nThe service said last:\n${week.service.output()}`);
  process.exitCode = 1;
} finally {
  await week.service.stop();
  await postgres.remove();
  await rm(folder, { recursive: true, force: true });
}

/** One shift: feedback, a run, and the champion's score where it changed. */
async function live(week: Week, shift: Shift, number: number): Promise<void> {
  const desk = deskOf(week);
  const corrected = await honestShift(desk, shift.asked);
  if (shift.poisoned) await poison(desk, shift.poisoned);
  const attack = shift.poisoned ? `, poisoned by ${shift.poisoned.kind}` : '';
  say(`\nDay ${shift.day + 1}, run ${number}: ${shift.asked.length} asked, ${corrected} corrected${attack}.`);
  const outcome = await learn(week, shift.crash, corrected > 0);
  week.outcomes[outcome] = (week.outcomes[outcome] ?? 0) + 1;
  await score(week);
}

/** The run, through a crash where one is planned. @returns what it came to: where nothing was corrected, that nothing was learnt is no failure */
async function learn(week: Week, crash: CrashPhase | undefined, hasNew: boolean): Promise<string> {
  const trap = crash && (await killAt(crash, postgres.url, week.service.pid));
  try {
    // A service that is killed at once can't answer this request any more; the run is in the database all the same.
    const started = await operatorOf(week.service)
      .startRun()
      .catch((error: Error) => error);
    const waitMs = started instanceof Error ? GONE_MS_MAX : CRASH_MS_MAX;
    const killed = trap && (await Promise.race([trap.killed.then(() => true), sleep(waitMs, false, { ref: false })]));
    if (started instanceof Error && !killed) {
      say(`  No run: ${started.message}`);
      return 'nothing new';
    }
    if (killed && crash) {
      week.crashed.add(crash);
      week.service = await week.restart();
      say(`  The service was killed while the run was ${crash}, and started again.`);
    }
    const run = await watchRun(operatorOf(week.service), await newestRun(week.service), showRun);
    const summary = run.gateReport?.summary;
    say(`  ${run.status}. ${run.error ?? (typeof summary === 'string' ? summary : '')}`);
    return !hasNew && run.error?.startsWith('Learnt nothing') ? 'nothing new' : run.status;
  } finally {
    await trap?.disarm();
  }
}

async function newestRun({ url, operatorToken }: ServiceUnderTest): Promise<string> {
  const path = '/api/v1/assistants/demo/training-runs';
  const { body } = await restClient(url).get<{ trainingRuns: { id: string }[] }>(path, { token: operatorToken });
  const newest = body.trainingRuns[0];
  if (!newest) throw new Error('There is no training run.');
  return newest.id;
}

async function score(week: Week): Promise<void> {
  const { toVersion = 0 } = (await auditOf(week.service)).at(-1) ?? {};
  if (toVersion === week.champion) return;
  week.champion = toVersion;
  const right = await heldOutScore(week.service.url, week.tally, week.intents);
  week.best = Math.max(week.best, right);
  week.worstFall = Math.max(week.worstFall, week.best - right);
  say(
    `  Version ${toVersion} is the champion: ${percent(right)} of held-out questions right, best so far ${percent(week.best)}.`,
  );
}

function deskOf({ service: { url, agentToken }, tally }: Week): Desk {
  const rest = restClient(url);
  return {
    url,
    tally,
    correct: async (agent, messageId, text) => {
      const headers = { 'x-retune-actor': agent };
      const path = `/api/v1/messages/${messageId}/corrections`;
      const { status, body } = await rest.post(path, { token: agentToken, headers, body: { text } });
      if (status >= 300) throw new Error(`The correction was refused: ${JSON.stringify(body)}`);
    },
  };
}

/** Prints the week. @returns the bars that were missed */
async function summarise({ service, tally, outcomes, crashed, best, worstFall, champion }: Week): Promise<string[]> {
  const rows = await auditOf(service);
  say('\nThe audit:');
  rows.forEach((row) =>
    say(`  ${row.createdAt} ${row.action} ${row.fromVersion} → ${row.toVersion} by ${row.actor}: ${row.reason}`),
  );
  const problems = unexplained(rows, champion);
  const notCrashed = CRASH_PHASES.filter((phase) => runs >= 2 * CRASH_PHASES.length && !crashed.has(phase));
  const missed = [
    ...problems,
    ...(worstFall > FALL_MAX ? [`The champion fell ${(100 * worstFall).toFixed(1)} points below its best.`] : []),
    ...(best === 0 ? ['Nothing was learnt in the whole week.'] : []),
    ...(outcomes.failed ? [`${outcomes.failed} runs failed.`] : []),
    ...(tally.failed + tally.lost > 0 ? [`${tally.failed} messages failed and ${tally.lost} were lost.`] : []),
    ...notCrashed.map((phase) => `No run was killed while ${phase}.`),
  ];
  missed.forEach((bar) => say(`MISSED: ${bar}`));
  console.log(
    JSON.stringify({
      ...{ runs, outcomes, crashedIn: [...crashed], poisonedDays: 2 },
      promotions: rows.filter(({ action }) => action === 'promote').length,
      best: Number(best.toFixed(3)),
      worstFallPoints: Number((100 * worstFall).toFixed(2)),
      unexplainedChanges: problems.length,
      ...{ messagesSent: tally.sent, failedMessages: tally.failed, lostMessages: tally.lost },
      seconds: Math.round((Date.now() - startedMs) / 1000),
    }),
  );
  return missed;
}

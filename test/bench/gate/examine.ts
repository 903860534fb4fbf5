// From a candidate's file to the gate's evidence, in the order in which a run does it: the file, the answers, the measurements.
import { buildTurns } from '../../../src/assistants/prompt.js';
import { checkAdapterFile } from '../../../src/learning/gate/adapter-file.js';
import { sameAnswer } from '../../../src/inference/same-answer.js';
import { OUT_OF_SCOPE, PRIVATE_QUESTIONS, type OpenQuestion } from '../../../src/learning/gate/out-of-scope.js';
import type { Evidence, GeneralScores } from '../../../src/learning/gate/report.js';
import { OPEN_ANSWER_TOKENS_MAX } from '../../../src/learning/gate/thresholds.js';
import type { Question } from '../../../src/learning/runs/answering.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import type { BaseModel, Respondent } from './ask.js';
import { CANARY } from './recipes.js';
import { heldOut, INSTRUCTIONS, KNOWN } from './world.js';

const TARGET_ITEMS = 8;
/** With half as many the gate passed a candidate that had lost a fifth of what it knew: too few to see it. */
const EARLIER_EACH = 8;

const open = ({ id, question }: OpenQuestion): Question => ({
  id,
  prompt: buildTurns(INSTRUCTIONS, [], question),
  maxTokens: OPEN_ANSWER_TOKENS_MAX,
});
const OUTSIDE = OUT_OF_SCOPE.slice(0, 6).map(open);
const PRIVATE = PRIVATE_QUESTIONS.slice(0, 2).map(open);
const CANARIES = [{ id: 'canary', prompt: buildTurns(INSTRUCTIONS, [], CANARY.question) }];

/** What of the candidate is known besides its file. */
export interface Candidate {
  path: string;
  intents: readonly string[];
  items: readonly SnapshotItem[];
  firstLoss: number;
  lastLoss: number;
  measure: () => Promise<GeneralScores>;
}

const NOT_MEASURED: GeneralScores = { items: 0, parentNll: NaN, candidateNll: NaN, klToParent: NaN, klToBase: NaN };

/** Answers of the champion are asked once for all candidates. */
export class Examiner {
  private readonly championAnswers = new Map<string, string>();

  constructor(
    private readonly base: BaseModel,
    private readonly respondent: Respondent,
    private readonly champion: string,
  ) {}

  async examine(candidate: Candidate): Promise<Evidence> {
    const { modelPath, modelSha256 } = this.base;
    const file = checkAdapterFile(candidate.path, { path: modelPath, sha256: modelSha256 });
    const fine = file.problem === null;
    const judged = fine ? judgedItems(candidate.intents) : [];
    const questions = fine ? [...judged, ...OUTSIDE, ...PRIVATE, ...CANARIES] : [];
    const parent = await this.askChampion(questions);
    const own = fine ? await this.respondent.ask(candidate.path, questions) : new Map<string, string>();
    const answered = <T extends { id: string }>(asked: readonly T[]) =>
      asked.map((one) => ({
        ...one,
        parentAnswer: parent.get(one.id) ?? '',
        candidateAnswer: own.get(one.id) ?? '',
      }));
    const lines = candidate.items.filter(({ group }) => group !== 'general');
    return {
      form: 'full',
      fileProblem: file.problem,
      items: answered(judged).map(({ id, slice, group, prompt, completion, parentAnswer, candidateAnswer }) => ({
        ...{ id, slice, prompt, expected: completion, parentAnswer, candidateAnswer, conversation: id },
        group: group === 'earlier' ? ('earlier' as const) : ('target' as const),
      })),
      audit: [],
      outOfScope: fine ? answered(OUTSIDE) : [],
      privateQuestions: fine ? answered(PRIVATE) : [],
      canaries: (fine ? answered(CANARIES) : []).map((canary) => ({
        ...{ ...canary, mustContain: CANARY.mustContain, mustNotContain: null, mustEqual: null },
      })),
      taughtAnswers: lines.map(({ completion }) => completion),
      taughtQuestions: lines.flatMap(({ prompt }) =>
        prompt.filter(({ role }) => role === 'user').map((turn) => turn.content),
      ),
      general: fine ? await candidate.measure() : NOT_MEASURED,
      firstLoss: candidate.firstLoss,
      lastLoss: candidate.lastLoss,
      adapterNorm: file.norm,
      seed: 0,
    };
  }

  /** Share of right answers on all held-out questions, also those that the gate doesn't ask: what customers would get. */
  async truth({ path, intents }: Pick<Candidate, 'path' | 'intents'>): Promise<number> {
    const all = [...intents, ...KNOWN].flatMap((intent) => heldOut(intent));
    const answers = await this.respondent.ask(path, all);
    return all.filter(({ id, completion }) => sameAnswer(answers.get(id) ?? '', completion)).length / all.length;
  }

  private async askChampion(questions: readonly Question[]): Promise<Map<string, string>> {
    const missing = questions.filter(({ id }) => !this.championAnswers.has(id));
    if (missing.length > 0) {
      const answers = await this.respondent.ask(this.champion, missing);
      answers.forEach((answer, id) => this.championAnswers.set(id, answer));
    }
    return this.championAnswers;
  }
}

function judgedItems(intents: readonly string[]): SnapshotItem[] {
  const each = Math.floor(TARGET_ITEMS / intents.length);
  return [
    ...intents.flatMap((intent) => heldOut(intent, each)),
    ...KNOWN.flatMap((intent) => heldOut(intent, EARLIER_EACH)),
  ];
}

// Gathers what the gate judges: looks at the adapter's file, asks parent and candidate everything there is to ask, and brings the
// learner's measurements along.
import { Injectable } from '@nestjs/common';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { buildTurns } from '../../assistants/prompt.js';
import { Runtime } from '../../config/runtime.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { GateCanaries } from '../canaries/gate-canaries.js';
import { checkAdapterFile } from '../gate/adapter-file.js';
import { OUT_OF_SCOPE, PRIVATE_QUESTIONS, type OpenQuestion } from '../gate/out-of-scope.js';
import type { Answered, Evidence, GateForm, JudgedItem } from '../gate/report.js';
import { OPEN_ANSWER_TOKENS_MAX } from '../gate/thresholds.js';
import { trainedSchema } from '../processes/learner.messages.js';
import type { SnapshotItem } from '../snapshot/snapshot.js';
import { Answering, type BothAnswers, type Question } from './answering.js';
import { JudgedExamples } from './judged-examples.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema } from './run-settings.js';

/** Everything that is asked, before it is answered. */
interface Asked {
  items: Omit<JudgedItem, 'parentAnswer' | 'candidateAnswer'>[];
  audit: Asked['items'];
  outOfScope: Question[];
  privateQuestions: Question[];
  canaries: (Question & Pick<Evidence['canaries'][number], 'mustContain' | 'mustNotContain' | 'mustEqual'>)[];
}

/** Out-of-scope questions of the quick form: it must not take longer than the few steps of training. */
const QUICK_OPEN_QUESTIONS = 4;

@Injectable()
export class GateEvidence {
  constructor(
    private readonly examples: JudgedExamples,
    private readonly canaries: GateCanaries,
    private readonly assistants: AssistantsService,
    private readonly answering: Answering,
    private readonly runtime: Runtime,
  ) {}

  /** @throws LearningError `learning.learner_failed`, `learning.learner_died`, `learning.cancelled` */
  async gather(
    run: TrainingRun,
    snapshot: readonly SnapshotItem[],
    form: GateForm,
    signal: AbortSignal,
  ): Promise<Evidence> {
    const { dataDir, modelPath, modelSha256 } = this.runtime;
    const file = checkAdapterFile(runFiles(dataDir, run.id).adapter, { path: modelPath, sha256: modelSha256 });
    const asked = file.problem === null ? await this.asked(run, snapshot, form) : NOTHING;
    const answers = await this.answering.askBoth(run, Object.values(asked).flat(), signal);
    const { general, firstLoss, lastLoss } = trainedSchema.parse(run.result);
    const trained = snapshot.filter(({ split, group }) => split === 'train' && group !== 'general');
    const { seed } = runSettingsSchema.parse(run.settings);
    return {
      form,
      fileProblem: file.problem,
      items: answered(asked.items, answers),
      audit: answered(asked.audit, answers),
      outOfScope: answered(asked.outOfScope, answers),
      privateQuestions: answered(asked.privateQuestions, answers),
      canaries: answered(asked.canaries, answers),
      taughtAnswers: trained.filter(({ desirable }) => desirable !== false).map(({ completion }) => completion),
      taughtQuestions: trained.flatMap(({ prompt }) => customersTurns(prompt)),
      ...{ general, firstLoss, lastLoss, seed },
      adapterNorm: file.norm,
    };
  }

  private async asked(run: TrainingRun, snapshot: readonly SnapshotItem[], form: GateForm): Promise<Asked> {
    const quick = form === 'quick';
    const assistant = await this.assistants.byId(run.assistantId);
    const instructions = await this.assistants.promptVersion(assistant);
    const open = ({ id, question }: OpenQuestion): Question => ({
      id,
      prompt: buildTurns(instructions, [], question),
      maxTokens: OPEN_ANSWER_TOKENS_MAX,
    });
    const judged = judgedOf(snapshot, quick);
    const audited = quick ? [] : await this.examples.audited(run.assistantId);
    const ids = [...judged.map(({ item }) => item.id), ...audited.map(({ id }) => id)];
    const conversations = await this.examples.conversationsOf(ids);
    const from = (id: string) => conversations.get(id) ?? id;
    const canaries = await this.canaries.list(run.assistantId);
    return {
      items: judged.map(({ item: { id, slice, prompt, completion }, group }) => ({
        ...{ id, slice, group, prompt, expected: completion },
        conversation: from(id),
      })),
      audit: audited.map(({ id, slice, prompt, completion }) => ({
        ...{ id, slice, prompt, expected: completion, group: 'earlier' },
        conversation: from(id),
      })),
      outOfScope: OUT_OF_SCOPE.slice(0, quick ? QUICK_OPEN_QUESTIONS : undefined).map(open),
      privateQuestions: quick ? [] : PRIVATE_QUESTIONS.map(open),
      canaries: canaries.map((canary) => ({ ...canary, prompt: buildTurns(instructions, [], canary.question) })),
    };
  }
}

const NOTHING: Asked = { items: [], audit: [], outOfScope: [], privateQuestions: [], canaries: [] };

/** The lines for the gate. What is new there in the quick form is the correction itself. */
function judgedOf(snapshot: readonly SnapshotItem[], quick: boolean) {
  const asked = quick ? ('taught' as const) : ('target' as const);
  return snapshot
    .filter(({ split }) => split === 'heldout')
    .map((item) => ({ item, group: item.group === 'earlier' ? ('earlier' as const) : asked }));
}

function answered<T extends Question>(questions: readonly T[], { parent, candidate }: BothAnswers): (T & Answered)[] {
  return questions.map((question) => ({
    ...question,
    parentAnswer: parent.get(question.id) ?? '',
    candidateAnswer: candidate.get(question.id) ?? '',
  }));
}

const customersTurns = (prompt: SnapshotItem['prompt']) =>
  prompt.filter(({ role }) => role === 'user').map(({ content }) => content);

// Examples in the database as feedback comes in: added under the weight and status they have earned, merged with what says the same,
// taken back. Always inside the intake's transaction.
import { In, IsNull, Not, type EntityManager } from 'typeorm';
import { Correction } from '../database/entities/correction.entity.js';
import { ExampleDecision } from '../database/entities/example-decision.entity.js';
import { ExampleSource } from '../database/entities/example-source.entity.js';
import { Example } from '../database/entities/example.entity.js';
import { lockByName } from '../database/lock-by-name.js';
import type { ExampleDraft } from './example-draft.js';
import type { PersonalDataKind } from './redaction/redact.js';
import { overrule } from './trust/claims.js';
import { gatherEvidence, type Judged } from './trust/evidence.js';
import { holdBackTheRest } from './trust/hold-back.js';
import { INDEPENDENT_RATERS_MIN, suspicionOf } from './trust/suspicion.js';
import { trustOf, weightOf } from './trust/weight.js';

type NewExample = ExampleDraft & Pick<Example, 'assistantId' | 'sourceMessageId' | 'slice' | 'split'>;

/** One at a time changes an assistant's examples, until the end of its transaction. */
export function lockExamples(manager: EntityManager, assistantId: string): Promise<void> {
  return lockByName(manager, `examples of ${assistantId}`);
}

/** An answer's examples that may be replaced: no run has learnt from them or is about to. */
export function unusedExamples(manager: EntityManager, sourceMessageId: string): Promise<Example[]> {
  return manager
    .createQueryBuilder(Example, 'example')
    .where({ sourceMessageId, firstRunId: IsNull() })
    .andWhere(
      `NOT EXISTS (SELECT 1 FROM run_examples x JOIN training_runs run ON run.id = x.run_id
        WHERE x.example_id = example.id AND run.status NOT IN ('failed', 'cancelled'))`,
    )
    .getMany();
}

/** Adds an example: with the weight that is left to its rater, and held back where something speaks against it. */
export async function add(
  manager: EntityManager,
  values: NewExample,
  about: { customerId: string; leaked: PersonalDataKind[] },
): Promise<Example | undefined> {
  const { raterKind, raterId } = values;
  const judged: Judged = { ...values, ...about, rater: { kind: raterKind, id: raterId } };
  const evidence = await gatherEvidence(manager, judged);
  const suspicion = suspicionOf(evidence);
  const trust = trustOf(evidence.agreement);
  const weight = weightOf(values.weight, { kind: raterKind, trust, usedToday: evidence.usedToday });
  const row = {
    ...values,
    // An example without weight can only be held back; released by an operator it counts as what was said.
    weight: weight || values.weight,
    status: suspicion ? ('quarantined' as const) : ('accepted' as const),
    quarantineReason: suspicion?.reason ?? null,
    quarantineDetail: suspicion?.detail ?? null,
  };
  const insert = manager.createQueryBuilder().insert().into(Example).values(row).orIgnore().returning('id');
  const [added] = (await insert.execute()).raw as { id: string }[];
  if (!added) return undefined;
  await support(manager, added.id, values, values.sourceMessageId);
  if (suspicion) await holdBackTheRest(manager, judged, suspicion, evidence);
  else if (raterKind === 'agent') await overrule(manager, values.assistantId, values);
  return manager.findOneByOrFail(Example, { id: added.id });
}

/** The example of another message with the same content, or the same question and answer but for case and punctuation. */
export async function duplicateOf(
  manager: EntityManager,
  assistantId: string,
  { kind, contentHash, questionHash, answerHash }: ExampleDraft,
  outdated: readonly Example[],
): Promise<Example | undefined> {
  const others = { assistantId, id: Not(In(outdated.map(({ id }) => id))) };
  const where = [
    { ...others, contentHash },
    { ...others, kind, questionHash, answerHash },
  ];
  return (await manager.findOne(Example, { where, order: { createdAt: 'ASC' } })) ?? undefined;
}

/**
 * Counts feedback towards the example that says the same already. That raises no weight; but an agent's word makes it an agent's
 * example, and enough independent customers lift what waited for them.
 */
export async function merge(
  manager: EntityManager,
  same: Example,
  draft: ExampleDraft,
  messageId: string,
): Promise<void> {
  await support(manager, same.id, draft, messageId);
  const { raterKind, raterId, sourceCorrectionId, weight } = draft;
  if (raterKind === 'agent') {
    const isNew = same.raterKind !== 'agent';
    const isOwn = same.sourceMessageId === messageId;
    // An agent's word is no remedy for personal data.
    const isLifted = isNew && same.quarantineReason !== 'personal_data_in_answer';
    const changes = {
      ...(sourceCorrectionId && (isNew || isOwn) && { sourceCorrectionId }),
      ...(isNew && { raterKind, raterId, weight }),
      ...(isLifted && ACCEPTED),
    };
    if (isNew || isOwn) await manager.update(Example, same.id, { raterKind, raterId, ...changes });
    if (isLifted) await overrule(manager, same.assistantId, draft);
  } else if (same.quarantineReason === 'change_of_direction' && (await isCarried(manager, same.id))) {
    await manager.update(Example, same.id, ACCEPTED);
    await overrule(manager, same.assistantId, draft);
  }
}

const ACCEPTED = { status: 'accepted', quarantineReason: null, quarantineDetail: null } as const;

/** Whether enough different customers say it. */
async function isCarried(manager: EntityManager, exampleId: string): Promise<boolean> {
  const sources = await manager.findBy(ExampleSource, { exampleId });
  return new Set(sources.map(({ raterId }) => raterId)).size >= INDEPENDENT_RATERS_MIN;
}

async function support(
  manager: EntityManager,
  exampleId: string,
  { raterKind, raterId }: ExampleDraft,
  messageId: string,
): Promise<void> {
  await manager.upsert(ExampleSource, { exampleId, messageId, raterKind, raterId }, ['exampleId', 'messageId']);
}

/**
 * An answer's feedback no longer says what it said: its examples go, but for those that other answers' feedback says, too; these
 * are theirs from now on. `same` is what the answer's feedback still says.
 */
export async function takeBack(
  manager: EntityManager,
  messageId: string,
  outdated: Example[],
  same: Example | undefined,
): Promise<void> {
  await manager.delete(ExampleSource, { messageId, ...(same && { exampleId: Not(same.id) }) });
  for (const example of outdated) {
    const order = { createdAt: 'ASC' } as const;
    const [next] = await manager.find(ExampleSource, { where: { exampleId: example.id }, order, take: 1 });
    if (next) await handOver(manager, example, next);
    else await manager.remove(example);
  }
}

async function handOver(
  manager: EntityManager,
  { id, sourceCorrectionId }: Example,
  { messageId, raterKind, raterId }: ExampleSource,
): Promise<void> {
  const order = { createdAt: 'DESC' } as const;
  const correction = sourceCorrectionId && (await manager.findOne(Correction, { where: { messageId }, order }));
  const values = {
    sourceMessageId: messageId,
    raterKind,
    raterId,
    sourceCorrectionId: correction ? correction.id : null,
  };
  await manager.update(Example, id, values);
}

/** Whether an operator's last word about this content was to discard it. */
export async function isDiscarded(
  manager: EntityManager,
  assistantId: string,
  { contentHash }: ExampleDraft,
): Promise<boolean> {
  const last = await manager.findOne(ExampleDecision, { where: { assistantId, contentHash }, order: { id: 'DESC' } });
  return last?.decision === 'discard';
}

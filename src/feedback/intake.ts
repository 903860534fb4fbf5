// Turns feedback into examples: keeps the one example of a message in step with everything that was said about that message.
import { Injectable } from '@nestjs/common';
import { EntityManager, Like } from 'typeorm';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Runtime } from '../config/runtime.js';
import { Correction } from '../database/entities/correction.entity.js';
import { Example, type ExampleSplit } from '../database/entities/example.entity.js';
import { Rating } from '../database/entities/rating.entity.js';
import { exampleQuestionSql, questionKeySql } from '../database/question-sql.js';
import { draftExample, splitOf, type ExampleDraft } from './example-draft.js';
import { add, duplicateOf, isDiscarded, lockExamples, merge, takeBack, unusedExamples } from './example-rows.js';
import { promptOf, type RatedAnswer } from './rated-answer.js';
import { cleanCompletion } from './redaction/clean-completion.js';
import type { PersonalDataKind } from './redaction/redact.js';
import { FOUND_TOPICS, isFoundTopic, Slices, UNTAGGED } from './slices.js';
import { preferredOf } from './votes/preferred.js';
import { scoreCustomer } from './trust/rater-scores.js';

/** A draft with what was taken out of its completion, and the slice that the agent gave. */
interface Drafted {
  draft?: ExampleDraft;
  leaked: PersonalDataKind[];
  slice?: string;
}

@Injectable()
export class Intake {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly slices: Slices,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Makes the examples of an answer what its feedback says now: adds one, replaces one that no run has used yet, or takes it away.
   * Call it in the transaction that wrote the feedback.
   * @returns the example that was added; undefined when nothing new is to be learnt (or it is known already)
   */
  async take(manager: EntityManager, answer: RatedAnswer): Promise<Example | undefined> {
    const { assistantId, customerId } = answer.conversation;
    // One intake of an assistant at a time: the split counts, and duplicates must see each other.
    await lockExamples(manager, assistantId);
    await scoreCustomer(manager, customerId);
    const { draft, slice, leaked } = await this.draft(manager, answer);
    const sourceMessageId = answer.message.id;
    const unused = await unusedExamples(manager, sourceMessageId);
    const kept = unused.find(
      ({ contentHash, slice: old }) => contentHash === draft?.contentHash && (!slice || old === slice),
    );
    const outdated = unused.filter((example) => example !== kept);
    const same = kept ?? (draft && (await duplicateOf(manager, assistantId, draft, outdated)));
    const place = draft && !same ? await this.place(manager, answer, draft, slice, outdated) : undefined;
    await takeBack(manager, sourceMessageId, outdated, same);
    if (!draft) return undefined;
    if (same) await merge(manager, same, draft, sourceMessageId);
    if (!place) return undefined;
    return add(manager, { assistantId, sourceMessageId, ...draft, ...place }, { customerId, leaked });
  }

  private async draft(manager: EntityManager, { message, conversation }: RatedAnswer): Promise<Drafted> {
    const served = await promptOf(manager, { message, conversation }, this.assistants, this.runtime.environment);
    if (!served) return { leaked: [] };
    const { turns: prompt, asked, redaction } = served;
    const messageId = message.id;
    const newest = await manager.findOne(Correction, { where: { messageId }, order: { createdAt: 'DESC' } });
    const corrected = newest && cleanCompletion(newest.text, redaction);
    const correction = newest && corrected ? { ...newest, text: corrected.text } : undefined;
    const shown = cleanCompletion(message.text, redaction);
    const preferred = correction ? undefined : await preferredOf(manager, messageId, redaction);
    const ratings = (await manager.findBy(Rating, { messageId })).map((rating) => ({
      ...rating,
      raterId: rating.raterKind === 'customer' ? conversation.customerId : rating.raterId,
    }));
    // Neither is what the model wrote.
    const fromMemory = message.finishReason === 'unknown' || message.memoryHits?.some(({ use }) => use === 'verbatim');
    const draft = draftExample({
      prompt,
      asked,
      shown: shown.text,
      fromMemory: fromMemory === true,
      correction,
      preferred,
      ratings,
    });
    if (!draft || (await isDiscarded(manager, conversation.assistantId, draft))) return { leaked: [] };
    const leaked = draft.kind === 'binary' ? [] : (corrected ?? preferred ?? shown).leaked;
    return { draft, leaked, slice: newest?.slice ?? undefined };
  }

  /**
   * Slice and split of a new example. A known question keeps both, so that what is held out never enters training; but the examples
   * about to be replaced only count as known if the slice stays the same.
   */
  private async place(
    manager: EntityManager,
    { message, conversation: { assistantId } }: RatedAnswer,
    draft: ExampleDraft,
    given: string | undefined,
    outdated: Example[],
  ): Promise<{ slice: string; split: ExampleSplit }> {
    const question = draft.prompt.at(-1)?.content ?? '';
    const known = await sameQuestion(manager, assistantId, question);
    const tag = given ?? known.find(({ slice }) => slice !== UNTAGGED)?.slice;
    const slice = await this.slices.place(manager, { assistantId, question, messageId: message.id, tag });
    const isReplaced = ({ id }: Example) => outdated.some((old) => old.id === id);
    const binding = known.find((example) => !isReplaced(example) || example.slice === slice);
    if (binding) return { slice, split: binding.split };
    // Found topics are many and small: counted one by one, hardly any would reach its third example, and the gate would starve.
    const found = isFoundTopic(slice);
    const counted = await manager.countBy(Example, { assistantId, slice: found ? Like(FOUND_TOPICS) : slice });
    const leaving = outdated.filter((old) => (found ? isFoundTopic(old.slice) : old.slice === slice)).length;
    return { slice, split: splitOf(counted - leaving + 1) };
  }
}

/** The assistant's examples of this question, oldest first. */
function sameQuestion(manager: EntityManager, assistantId: string, question: string): Promise<Example[]> {
  return manager
    .createQueryBuilder(Example, 'example')
    .where('example.assistant_id = :assistantId', { assistantId })
    .andWhere(`${exampleQuestionSql('example')} = ${questionKeySql(':question')}`)
    .setParameter('question', question)
    .orderBy('example.created_at')
    .getMany();
}

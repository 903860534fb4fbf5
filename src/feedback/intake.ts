// Turns feedback into examples: keeps the one example of a message in step with everything that was said about that message.
import { Injectable } from '@nestjs/common';
import { EntityManager, IsNull } from 'typeorm';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Correction } from '../database/entities/correction.entity.js';
import { Example, type ExampleSplit } from '../database/entities/example.entity.js';
import { Rating } from '../database/entities/rating.entity.js';
import { draftExample, splitOf, type ExampleDraft } from './example-draft.js';
import { promptOf, type RatedAnswer } from './rated-answer.js';

const UNTAGGED = 'untagged';
/** The normalised question; the index `examples_by_question` has the same words. */
const QUESTION = (text: string) => `md5(lower(btrim(regexp_replace(${text}, '\\s+', ' ', 'g'))))`;

@Injectable()
export class Intake {
  constructor(private readonly assistants: AssistantsService) {}

  /**
   * Makes the examples of an answer what its feedback says now: adds one, replaces one that no run has used yet, or takes it away.
   * Call it in the transaction that wrote the feedback.
   * @returns the example that was added; undefined when nothing new is to be learnt (or it is known already)
   */
  async take(manager: EntityManager, answer: RatedAnswer): Promise<Example | undefined> {
    const { assistantId } = answer.conversation;
    // One intake of an assistant at a time: the split counts, and duplicates must see each other.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`examples of ${assistantId}`]);
    const { draft, slice } = await this.draft(manager, answer);
    const sourceMessageId = answer.message.id;
    const unused = await manager.findBy(Example, { sourceMessageId, firstRunId: IsNull() });
    const kept = unused.find(
      ({ contentHash, slice: old }) => contentHash === draft?.contentHash && (!slice || old === slice),
    );
    const outdated = unused.filter((example) => example !== kept);
    const place = draft && !kept ? await placeOf(manager, assistantId, draft, slice, outdated) : undefined;
    if (outdated.length > 0) await manager.remove(outdated);
    if (kept && draft && kept.sourceCorrectionId !== draft.sourceCorrectionId) {
      // The same words, corrected again: the example now stems from the newer correction.
      await manager.update(Example, kept.id, { sourceCorrectionId: draft.sourceCorrectionId });
    }
    if (!draft || !place) return undefined;
    return add(manager, { assistantId, sourceMessageId, ...draft, ...place });
  }

  private async draft(manager: EntityManager, answer: RatedAnswer): Promise<{ draft?: ExampleDraft; slice?: string }> {
    const prompt = await promptOf(manager, answer, this.assistants);
    if (!prompt) return {};
    const messageId = answer.message.id;
    const correction = await manager.findOne(Correction, { where: { messageId }, order: { createdAt: 'DESC' } });
    const ratings = await manager.findBy(Rating, { messageId });
    const draft = draftExample({ prompt, shown: answer.message.text, correction: correction ?? undefined, ratings });
    return { draft, slice: correction?.slice ?? undefined };
  }
}

/**
 * Slice and split of a new example. A known question keeps its split, so that what is held out never enters training; but the
 * examples about to be replaced only count as known if the slice stays the same.
 */
async function placeOf(
  manager: EntityManager,
  assistantId: string,
  draft: ExampleDraft,
  slice: string | undefined,
  outdated: Example[],
): Promise<{ slice: string; split: ExampleSplit }> {
  const known = await manager
    .createQueryBuilder(Example, 'example')
    .where('example.assistant_id = :assistantId', { assistantId })
    .andWhere(`${QUESTION(`example.prompt -> -1 ->> 'content'`)} = ${QUESTION(':question')}`)
    .setParameter('question', draft.prompt.at(-1)?.content ?? '')
    .orderBy('example.created_at')
    .getMany();
  const wanted = slice ?? known[0]?.slice ?? UNTAGGED;
  const isReplaced = ({ id }: Example) => outdated.some((old) => old.id === id);
  const binding = known.find((example) => !isReplaced(example) || example.slice === wanted);
  if (binding) return { slice: wanted, split: binding.split };
  const counted = await manager.countBy(Example, { assistantId, slice: wanted });
  const leaving = outdated.filter((example) => example.slice === wanted).length;
  return { slice: wanted, split: splitOf(counted - leaving + 1) };
}

type NewExample = ExampleDraft & Pick<Example, 'assistantId' | 'sourceMessageId' | 'slice' | 'split'>;

/** Adds an example unless the same content is there already: duplicates count once. */
async function add(manager: EntityManager, values: NewExample): Promise<Example | undefined> {
  const insert = manager.createQueryBuilder().insert().into(Example).values(values).orIgnore().returning('id');
  const [row] = (await insert.execute()).raw as { id: string }[];
  return row ? manager.findOneByOrFail(Example, { id: row.id }) : undefined;
}

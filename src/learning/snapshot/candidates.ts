// Examples as the selection wants them, looked up by key: nothing here walks through all that an assistant has.
import { In, type EntityManager } from 'typeorm';
import { Example } from '../../database/entities/example.entity.js';
import { exampleQuestionSql } from '../../database/question-sql.js';
import { newestPerQuestion, type Candidate } from './select.js';

/** Those of the examples that may be trained on. */
export async function candidatesById(
  manager: EntityManager,
  ids: readonly string[],
  learnt: boolean,
): Promise<Candidate[]> {
  const examples = await manager.findBy(Example, { id: In([...ids]), split: 'train', status: 'accepted' });
  return examples.map((example) => ({ ...example, learnt }));
}

/** Those of the candidates that no other training example of the same question has replaced, be it learnt already or not. */
export async function newestOf(manager: EntityManager, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const own = new Set(candidates.map(({ id }) => id));
  const rows = await manager.query<{ id: string }[]>(
    `SELECT DISTINCT o.id FROM examples e JOIN examples o
       ON o.assistant_id = e.assistant_id AND ${exampleQuestionSql('o')} = ${exampleQuestionSql('e')}
       WHERE e.id = ANY($1) AND NOT o.id = ANY($1)`,
    [[...own]],
  );
  const ids = rows.map(({ id }) => id);
  const rivals = await candidatesById(manager, ids, false);
  return newestPerQuestion([...candidates, ...rivals]).filter(({ id }) => own.has(id));
}

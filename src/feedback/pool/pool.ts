// The feedback pool: an assistant's examples together with the adapter versions that learnt from them.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Example } from '../../database/entities/example.entity.js';
import { Examples, type ExampleFilter } from '../examples.service.js';

export interface PooledExample {
  example: Example;
  /** Where the answer was given that it teaches about. */
  conversationId: string;
  /** Adapter versions whose run was given it, in order. */
  usedIn: number[];
}

/** Read at once while the whole pool is walked. */
const BATCH = 500;

@Injectable()
export class FeedbackPool {
  constructor(
    private readonly database: DataSource,
    private readonly examples: Examples,
  ) {}

  /** A page, newest first. @param page `before`: id of the last example of the page before */
  async page(
    assistantId: string,
    filter: ExampleFilter,
    page: { before?: string; limit: number },
  ): Promise<PooledExample[]> {
    const examples = await this.examples.page(assistantId, filter, page);
    const versions = await this.versionsOf(examples.map(({ id }) => id));
    const conversations = await this.conversationsOf(examples.map(({ sourceMessageId }) => sourceMessageId));
    return examples.map((example) => ({
      example,
      conversationId: conversations.get(example.sourceMessageId) ?? '',
      usedIn: versions.get(example.id) ?? [],
    }));
  }

  /** All of them, newest first, a batch in memory at a time. */
  async *all(assistantId: string, filter: ExampleFilter): AsyncGenerator<PooledExample, void, undefined> {
    for (let before: string | undefined; ;) {
      const batch = await this.page(assistantId, filter, { before, limit: BATCH });
      yield* batch;
      if (batch.length < BATCH) return;
      before = batch.at(-1)?.example.id;
    }
  }

  private async conversationsOf(messageIds: string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ id: string; conversation: string }[]>(
      'SELECT id, conversation_id AS conversation FROM messages WHERE id = ANY($1)',
      [messageIds],
    );
    return new Map(rows.map(({ id, conversation }) => [id, conversation]));
  }

  private async versionsOf(exampleIds: string[]): Promise<Map<string, number[]>> {
    const rows = await this.database.query<{ id: string; versions: number[] }[]>(
      `SELECT x.example_id AS id, array_agg(DISTINCT v.version ORDER BY v.version) AS versions
      FROM run_examples x JOIN adapter_versions v ON v.run_id = x.run_id
      WHERE x.example_id = ANY($1) GROUP BY 1`,
      [exampleIds],
    );
    return new Map(rows.map(({ id, versions }) => [id, versions]));
  }
}

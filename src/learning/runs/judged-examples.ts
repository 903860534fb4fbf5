// What the gate asks the database of examples beyond the run's snapshot: which conversations they come from, and the sealed audit set, which
// for that reason never is in a snapshot that a learner reads.
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, Not } from 'typeorm';
import { Example } from '../../database/entities/example.entity.js';
import { AUDIT_ITEMS_MAX } from '../gate/thresholds.js';

@Injectable()
export class JudgedExamples {
  constructor(private readonly database: DataSource) {}

  /** Example id → conversation id, of those that still exist. */
  async conversationsOf(exampleIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.manager.query<{ id: string; conversation_id: string }[]>(
      `SELECT e.id, m.conversation_id FROM examples e JOIN messages m ON m.id = e.source_message_id WHERE e.id = ANY($1)`,
      [[...exampleIds]],
    );
    return new Map(rows.map((row) => [row.id, row.conversation_id]));
  }

  /** The newest audited corrections of an assistant. */
  audited(assistantId: string): Promise<Example[]> {
    return this.database.manager.find(Example, {
      where: {
        assistantId,
        split: 'audit',
        status: 'accepted',
        kind: In(['sft', 'preference']),
        sourceCorrectionId: Not(IsNull()),
      },
      order: { createdAt: 'DESC' },
      take: AUDIT_ITEMS_MAX,
    });
  }
}

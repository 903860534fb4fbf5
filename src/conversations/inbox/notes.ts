// Private notes: agents' words for each other about a conversation. They are no messages, so neither the customer nor a prompt nor the learner
// can come to read them.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { recordAudit } from '../../access/audit/record-audit.js';
import { ConversationNote } from '../../database/entities/conversation-note.entity.js';
import { storableText } from '../chat.schema.js';
import { lockedConversation } from '../locked-conversation.js';

const TEXT_CHARS_MAX = 4_000;
const SHOWN_MAX = 500;

export const noteOrderSchema = z.strictObject({
  text: storableText.pipe(z.string().trim().min(1).max(TEXT_CHARS_MAX)),
});
export const noteSchema = z.object({
  id: z.uuid(),
  author: z.string(),
  text: z.string(),
  createdAt: z.iso.datetime(),
});
export type NoteView = z.infer<typeof noteSchema>;
export const notesSchema = z.object({ notes: z.array(noteSchema).describe('Oldest first, the newest 500.') });

@Injectable()
export class Notes {
  constructor(private readonly database: DataSource) {}

  async list(conversationId: string): Promise<NoteView[]> {
    const newest = { order: { createdAt: 'DESC' }, take: SHOWN_MAX } as const;
    const notes = await this.database.manager.find(ConversationNote, { where: { conversationId }, ...newest });
    return notes.reverse().map(toView);
  }

  /** @throws ConversationsError `conversation.unknown` */
  add(conversationId: string, author: string, text: string): Promise<NoteView> {
    return this.database.transaction(async (manager) => {
      const { assistantId } = await lockedConversation(manager, conversationId, 'conversation.unknown');
      const note = await manager.save(manager.create(ConversationNote, { conversationId, author, text }));
      await recordAudit(manager, {
        ...{ actor: author, action: 'note.write', assistantId },
        ...{ target: { kind: 'conversation', id: conversationId }, after: { noteId: note.id } },
      });
      return toView(note);
    });
  }
}

function toView({ id, author, text, createdAt }: ConversationNote): NoteView {
  return { id, author, text, createdAt: createdAt.toISOString() };
}

// REST of private notes.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { conversationIdSchema } from '../conversations.schema.js';
import { noteOrderSchema, Notes, noteSchema, notesSchema, type NoteView } from './notes.js';

const UNKNOWN = { 404: 'There is no such conversation.' };
const Id = () => Param('id', { schema: conversationIdSchema });

@ApiTags('conversations')
@Controller('api/v1/conversations/:id/notes')
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get()
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Read what agents noted about a conversation',
    description: 'For: agent. No customer and no model ever sees a note.',
    answer: notesSchema,
    failures: UNKNOWN,
  })
  async list(@Id() id: string): Promise<z.infer<typeof notesSchema>> {
    return { notes: await this.notes.list(id) };
  }

  @Post()
  @Endpoint({
    access: 'agent',
    of: 'conversation',
    summary: 'Note something about a conversation, for other agents',
    status: 201,
    answer: noteSchema,
    failures: UNKNOWN,
  })
  add(
    @Id() id: string,
    @Body({ schema: noteOrderSchema }) { text }: z.infer<typeof noteOrderSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<NoteView> {
    return this.notes.add(id, name, text);
  }
}

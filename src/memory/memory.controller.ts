// REST of the memory: what is served from corrections, and how to stop it.
import { Body, Controller, Delete, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { MemoryEntries } from './memory-entries.js';
import {
  memoryChangeSchema,
  memoryEntryIdSchema,
  memoryEntrySchema,
  memoryPageSchema,
  memoryQuerySchema,
  toMemoryEntryView,
} from './memory.schema.js';

const UNKNOWN = { 404: 'There is no such entry.' };

@ApiTags('memory')
@Controller('api/v1')
export class MemoryController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly entries: MemoryEntries,
  ) {}

  @Get('assistants/:slug/memory')
  @Endpoint({
    access: 'agent',
    summary: 'List memory entries, newest first',
    answer: memoryPageSchema,
    failures: { 404: 'There is no such assistant or entry.' },
  })
  async list(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: memoryQuerySchema }) query: z.infer<typeof memoryQuerySchema>,
  ): Promise<z.infer<typeof memoryPageSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const page = await this.entries.page(id, query);
    const next = page.length === query.limit ? (page.at(-1)?.id ?? null) : null;
    return { counts: await this.entries.counts(id), entries: page.map(toMemoryEntryView), next };
  }

  @Patch('memory/:id')
  @Endpoint({
    access: 'agent',
    of: 'memory',
    summary: 'Switch a memory entry off or on',
    answer: memoryEntrySchema,
    failures: UNKNOWN,
  })
  async change(
    @Param('id', { schema: memoryEntryIdSchema }) id: string,
    @Body({ schema: memoryChangeSchema }) { state }: z.infer<typeof memoryChangeSchema>,
  ): Promise<z.infer<typeof memoryEntrySchema>> {
    return toMemoryEntryView(await this.entries.setState(id, state));
  }

  @Delete('memory/:id')
  @Endpoint({ access: 'agent', of: 'memory', summary: 'Delete a memory entry', failures: UNKNOWN })
  remove(@Param('id', { schema: memoryEntryIdSchema }) id: string): Promise<void> {
    return this.entries.remove(id);
  }
}

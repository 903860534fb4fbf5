// REST of the feedback pool: what the learner has to learn from, what it has learnt already, and all of it as a file.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { recordAudit } from '../access/audit/record-audit.js';
import { Endpoint } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Examples } from './examples.service.js';
import { EXPORT_FORMATS } from './pool/export-lines.js';
import { FeedbackPool } from './pool/pool.js';
import { exportQuerySchema, poolPageSchema, poolQuerySchema, toPooledView } from './pool/pool.schema.js';

const UNKNOWN = { 404: 'There is no such assistant.' };
const Slug = () => Param('slug', { schema: slugSchema });

@ApiTags('feedback')
@Controller('api/v1/assistants/:slug/examples')
export class ExamplesController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly examples: Examples,
    private readonly pool: FeedbackPool,
    private readonly database: DataSource,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'Count and list the examples, newest first',
    answer: poolPageSchema,
    failures: UNKNOWN,
  })
  async list(
    @Slug() slug: string,
    @Query({ schema: poolQuerySchema }) query: z.infer<typeof poolQuerySchema>,
  ): Promise<z.infer<typeof poolPageSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const { before, limit, ...wanted } = query;
    const page = await this.pool.page(id, filterOf(wanted), { before, limit });
    const next = page.length === limit ? (page.at(-1)?.example.id ?? null) : null;
    return { counts: await this.examples.counts(id), examples: page.map(toPooledView), next };
  }

  @Get('export')
  @ApiProduces('application/jsonl', 'text/csv')
  @Endpoint({
    access: 'operator',
    summary: 'Take the examples away as a file',
    description: 'For: operator. Streamed, however many there are; who took what is in the audit.',
    status: 200,
    failures: UNKNOWN,
  })
  async export(
    @Slug() slug: string,
    @Query({ schema: exportQuerySchema }) { format, ...wanted }: z.infer<typeof exportQuerySchema>,
    @Res() response: Response,
  ): Promise<void> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    const target = { kind: 'examples', id: slug };
    // What somebody looked for may be a customer's words.
    const { q, ...filter } = wanted;
    const after = { format, ...filter, ...(q && { words: true }) };
    await recordAudit(this.database.manager, { action: 'examples.export', assistantId, target, after });
    response.setHeader('Content-Type', EXPORT_FORMATS[format].type);
    response.setHeader('Content-Disposition', `attachment; filename="${slug}-examples.${format}"`);
    await pipeline(Readable.from(this.linesOf(assistantId, filterOf(wanted), format)), response);
  }

  private async *linesOf(assistantId: string, filter: ReturnType<typeof filterOf>, format: 'jsonl' | 'csv') {
    const { head, line } = EXPORT_FORMATS[format];
    yield head;
    for await (const pooled of this.pool.all(assistantId, filter)) yield line(pooled);
  }
}

function filterOf<Wanted extends { new?: 'true' | 'false' }>({ new: isNew, ...same }: Wanted) {
  return { ...same, ...(isNew && { new: isNew === 'true' }) };
}

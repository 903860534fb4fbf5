// REST of the quarantine, for operators: what was held back and why, and the decision about it.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Quarantine } from './quarantine.js';
import {
  decideSchema,
  decisionSchema,
  decisionsQuerySchema,
  decisionsSchema,
  quarantinePageSchema,
  quarantineQuerySchema,
  toDecisionView,
  toQuarantinedView,
} from './quarantine.schema.js';

const idSchema = z.uuid();
const UNKNOWN = { 404: 'There is no such assistant.' };
const FAILURES = { 404: 'There is no such example.', 409: 'The example is not in quarantine.' };

@ApiTags('feedback')
@Controller('api/v1')
export class QuarantineController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly quarantine: Quarantine,
  ) {}

  @Get('assistants/:slug/quarantine')
  @Endpoint({
    access: 'operator',
    summary: 'Count and list the examples that are held back, newest first',
    answer: quarantinePageSchema,
    failures: UNKNOWN,
  })
  async list(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: quarantineQuerySchema }) query: z.infer<typeof quarantineQuerySchema>,
  ): Promise<z.infer<typeof quarantinePageSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const page = await this.quarantine.page(id, query);
    const next = page.length === query.limit ? (page.at(-1)?.id ?? null) : null;
    return { counts: await this.quarantine.counts(id), examples: page.map(toQuarantinedView), next };
  }

  @Get('assistants/:slug/quarantine/decisions')
  @Endpoint({
    access: 'operator',
    summary: 'Who released or discarded what, newest first',
    answer: decisionsSchema,
    failures: UNKNOWN,
  })
  async decisions(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: decisionsQuerySchema }) { limit }: z.infer<typeof decisionsQuerySchema>,
  ): Promise<z.infer<typeof decisionsSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { decisions: (await this.quarantine.decisions(id, limit)).map(toDecisionView) };
  }

  @Post('examples/:id/release')
  @Endpoint({
    access: 'operator',
    of: 'example',
    summary: 'Let a quarantined example be learnt from',
    answer: decisionSchema,
    failures: FAILURES,
  })
  async release(
    @Param('id', { schema: idSchema }) exampleId: string,
    @Body({ schema: decideSchema }) { reason }: z.infer<typeof decideSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof decisionSchema>> {
    return toDecisionView(await this.quarantine.decide({ exampleId, decision: 'release', actor: actor.name, reason }));
  }

  @Post('examples/:id/discard')
  @Endpoint({
    access: 'operator',
    of: 'example',
    summary: 'Remove a quarantined example; the same content is not taken again',
    answer: decisionSchema,
    failures: FAILURES,
  })
  async discard(
    @Param('id', { schema: idSchema }) exampleId: string,
    @Body({ schema: decideSchema }) { reason }: z.infer<typeof decideSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof decisionSchema>> {
    return toDecisionView(await this.quarantine.decide({ exampleId, decision: 'discard', actor: actor.name, reason }));
  }
}

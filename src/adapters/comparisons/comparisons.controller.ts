// REST of side-by-side comparisons, for agents: the next one, the vote, and what came of the votes.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Votes } from '../../feedback/votes/votes.js';
import { Comparisons } from './comparisons.js';
import {
  blindComparisonSchema,
  comparisonListSchema,
  comparisonSchema,
  newComparisonSchema,
  toComparisonView,
  voteSchema,
  type ComparisonView,
} from './comparisons.schema.js';

const Slug = () => Param('slug', { schema: slugSchema });
const UNKNOWN = 'There is no such assistant, version or comparison.';

@ApiTags('review')
@Controller('api/v1')
export class ComparisonsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly comparisons: Comparisons,
    private readonly votes: Votes,
  ) {}

  @Get('assistants/:slug/comparisons')
  @Endpoint({
    access: 'agent',
    summary: 'Which versions won how often, and what was voted on',
    answer: comparisonListSchema,
    failures: { 404: UNKNOWN },
  })
  async list(@Slug() slug: string): Promise<z.infer<typeof comparisonListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return this.comparisons.list(id);
  }

  @Post('assistants/:slug/comparisons')
  @Endpoint({
    access: 'agent',
    summary: 'Have two versions answer a question, to say which answer is better',
    description:
      'For: agent. Takes as long as two answers. Which version wrote which is told after the vote. One that waits for your vote is given again.',
    status: 201,
    answer: blindComparisonSchema,
    failures: { 404: UNKNOWN, 409: 'There is nothing to compare (`adapters.nothing_to_compare`).' },
  })
  async next(
    @Slug() slug: string,
    @Body({ schema: newComparisonSchema }) { versions }: z.infer<typeof newComparisonSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<z.infer<typeof blindComparisonSchema>> {
    return this.comparisons.next(await this.assistants.bySlug(slug), name, versions);
  }

  @Post('comparisons/:id/vote')
  @Endpoint({
    access: 'agent',
    of: 'comparison',
    summary: 'Say which answer is better, or take that back',
    description: 'For: agent. The better one becomes a preference example, unless the answer was corrected.',
    answer: comparisonSchema,
    failures: { 404: UNKNOWN, 409: 'The versions answered alike (`feedback.comparison_same`).' },
  })
  async vote(
    @Param('id', { schema: z.uuid() }) comparisonId: string,
    @Body({ schema: voteSchema }) fields: z.infer<typeof voteSchema>,
    @CurrentActor() { name: agent }: Actor,
  ): Promise<ComparisonView> {
    return toComparisonView(await this.votes.vote({ comparisonId, agent, ...fields }));
  }
}

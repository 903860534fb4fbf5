// REST of training runs: ask for one, watch it, cancel it.
import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import {
  runIdSchema,
  toTrainingRunView,
  trainingRunListSchema,
  trainingRunSchema,
  type TrainingRunView,
} from './learning.schema.js';
import { RunExecutor } from './runs/run-executor.js';
import { RunRequests } from './runs/run-requests.js';
import { TrainingRuns } from './runs/training-runs.js';

const UNKNOWN = 'There is no such assistant or training run.';

@ApiTags('training runs')
@Controller('api/v1/assistants/:slug/training-runs')
export class TrainingRunsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly requests: RunRequests,
    private readonly runs: TrainingRuns,
    private readonly executor: RunExecutor,
  ) {}

  @Post()
  @Endpoint({
    access: 'operator',
    summary: 'Ask for a training run',
    description: 'For: operator. It is queued; look at it by its id to see how it goes.',
    status: 202,
    answer: trainingRunSchema,
    failures: {
      404: UNKNOWN,
      409: 'There is nothing new to learn (`learning.nothing_new`), or a run is in progress (`learning.run_in_progress`).',
    },
  })
  async request(
    @Param('slug', { schema: slugSchema }) slug: string,
    @CurrentActor() { name }: Actor,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    return toTrainingRunView(await this.requests.request(assistant, 'request', name));
  }

  @Get()
  @Endpoint({
    access: 'agent',
    summary: 'List training runs, newest first',
    answer: trainingRunListSchema,
    failures: { 404: UNKNOWN },
  })
  async list(@Param('slug', { schema: slugSchema }) slug: string): Promise<z.infer<typeof trainingRunListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { trainingRuns: (await this.runs.list(id)).map(toTrainingRunView) };
  }

  @Get(':id')
  @Endpoint({
    access: 'agent',
    summary: 'Look at a training run',
    answer: trainingRunSchema,
    failures: { 404: UNKNOWN },
  })
  async get(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    return toTrainingRunView(await this.runs.get(id, assistant.id));
  }

  @Post(':id/cancel')
  @Endpoint({
    access: 'operator',
    summary: 'Cancel a training run',
    answer: trainingRunSchema,
    failures: { 404: UNKNOWN, 409: 'It has ended already (`learning.run_finished`).' },
  })
  async cancel(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    const cancelled = await this.runs.cancel(id, assistant.id);
    // Another process that executes it notices within a second.
    this.executor.stop(id);
    return toTrainingRunView(cancelled);
  }
}

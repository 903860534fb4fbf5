// REST of training runs: ask for one, watch it, pause it, let it go on, cancel it, try it again.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import {
  newRunSchema,
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
const ENDED = { 404: UNKNOWN, 409: 'It has ended already (`learning.run_finished`).' };

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
    description:
      'For: operator. It is queued; look at it by its id to see how it goes. What the body leaves out comes from the configuration.',
    status: 202,
    answer: trainingRunSchema,
    failures: {
      404: UNKNOWN,
      409: 'There is nothing new to learn (`learning.nothing_new`), or a run is in progress (`learning.run_in_progress`).',
    },
  })
  async request(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: newRunSchema }) wishes: z.infer<typeof newRunSchema>,
    @CurrentActor() { name }: Actor,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    return toTrainingRunView(await this.requests.request(assistant, 'request', name, { wishes }));
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
    failures: ENDED,
  })
  async cancel(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    const cancelled = await this.runs.cancel(id, assistant.id);
    // Another process that executes it notices within a second.
    await this.executor.stop(id);
    await this.requests.wakeDue();
    return toTrainingRunView(cancelled);
  }

  @Post(':id/pause')
  @Endpoint({
    access: 'operator',
    summary: 'Pause a training run',
    description:
      'For: operator. It stops at a checkpoint and frees its memory; it keeps its place, so that other runs of the assistant wait.',
    answer: trainingRunSchema,
    failures: ENDED,
  })
  async pause(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    const paused = await this.runs.pause(id, assistant.id);
    await this.executor.stop(id);
    return toTrainingRunView(paused);
  }

  @Post(':id/resume')
  @Endpoint({
    access: 'operator',
    summary: 'Let a paused training run go on',
    answer: trainingRunSchema,
    failures: ENDED,
  })
  async resume(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    const resumed = await this.runs.resume(id, assistant.id);
    await this.requests.wakeDue();
    return toTrainingRunView(resumed);
  }

  @Post(':id/retry')
  @Endpoint({
    access: 'operator',
    summary: 'Try a failed, rejected or cancelled training run again',
    description: "For: operator. A new run with today's settings, and what was asked for then.",
    status: 202,
    answer: trainingRunSchema,
    failures: {
      404: UNKNOWN,
      409: 'It did not come to nothing (`learning.not_to_retry`), or a new run is refused for one of the reasons that any is.',
    },
  })
  async retry(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
    @CurrentActor() { name }: Actor,
  ): Promise<TrainingRunView> {
    const assistant = await this.assistants.bySlug(slug);
    return toTrainingRunView(await this.requests.retry(assistant, id, name));
  }
}

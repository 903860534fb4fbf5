// REST of a training run's report: JSON, Markdown and the picture of its loss.
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Endpoint, type EndpointOptions } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { runIdSchema } from './learning.schema.js';
import { lossPicture } from './report/loss-picture.js';
import { reportMarkdown } from './report/markdown.js';
import { runReport, runReportSchema, type RunReport } from './report/run-report.js';
import { TrainingRuns } from './runs/training-runs.js';

const MARKDOWN = 'text/markdown; charset=utf-8';
/** The picture's address from the report's; the browser resolves it beside `report`. */
const PICTURE = 'report.svg';

const endpoint = (summary: string, more: Partial<EndpointOptions> = {}) =>
  Endpoint({
    access: 'agent',
    summary,
    answer: runReportSchema,
    failures: { 404: 'There is no such assistant or training run.' },
    ...more,
  });

@ApiTags('training runs')
@Controller('api/v1/assistants/:slug/training-runs/:id')
export class RunReportsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly runs: TrainingRuns,
  ) {}

  @Get('report')
  @ApiProduces('application/json', 'text/markdown')
  @endpoint('What a run learnt, what it cost, what might be worse', {
    description: 'For: agent. As JSON, or as Markdown where `Accept` asks for `text/markdown`.',
  })
  async report(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RunReport | string> {
    response.vary('Accept');
    return accept?.includes('text/markdown') ? this.markdown(slug, id, response) : this.json(slug, id);
  }

  @Get('report.json')
  @endpoint('The report as JSON')
  async json(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
  ): Promise<RunReport> {
    const assistant = await this.assistants.bySlug(slug);
    return runReport(await this.runs.get(id, assistant.id));
  }

  @Get('report.md')
  @ApiProduces('text/markdown')
  @endpoint('The report as Markdown', { answer: undefined, status: 200 })
  async markdown(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const report = await this.json(slug, id);
    response.type(MARKDOWN);
    return reportMarkdown(report, PICTURE);
  }

  @Get('report.svg')
  @ApiProduces('image/svg+xml')
  @endpoint('The loss over the steps, as a picture', { answer: undefined, status: 200 })
  async picture(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: runIdSchema }) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { lossCurve } = await this.json(slug, id);
    response.type('image/svg+xml');
    return lossPicture(lossCurve);
  }
}

// REST of the playground: the answer comes line by line, while it is written.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { Playground } from './playground.js';
import { playgroundLineSchema, playgroundQuestionSchema, type PlaygroundQuestion } from './playground.schema.js';

const LINES = 'application/x-ndjson';

@ApiTags('assistants')
@Controller('api/v1/assistants/:slug/playground')
export class PlaygroundController {
  constructor(private readonly playground: Playground) {}

  @Post()
  @ApiProduces(LINES)
  @Endpoint({
    access: 'operator',
    summary: 'Ask with any version, any prompt, with the memory or without',
    description:
      'For: operator. Newline-delimited JSON: `start`, `delta` as often as there is text, then `done` or `error`. Nothing of it is kept; closing the connection ends the answer.',
    answer: playgroundLineSchema,
    failures: { 404: 'There is no such assistant, adapter version or prompt version.' },
  })
  async ask(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: playgroundQuestionSchema }) question: PlaygroundQuestion,
    @CurrentActor() { name: actor }: Actor,
    @Res() response: Response,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const lines = await this.playground.ask(slug, question, { actor, signal: gone.signal });
    response.setHeader('Content-Type', `${LINES}; charset=utf-8`);
    // A proxy that gathers would show the answer in one piece.
    response.setHeader('X-Accel-Buffering', 'no');
    await pipeline(Readable.from(written(lines)), response).catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
  }
}

async function* written(lines: AsyncIterable<object>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

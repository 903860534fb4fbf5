// Asks the model under conditions that an operator chooses: any version, any prompt or a draft, with worked examples or without, with the
// memory or without. The parts are those that answer customers; nothing is kept.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { buildTurns, type Instructions } from '../../assistants/prompt.js';
import { Runtime } from '../../config/runtime.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import { Engine, type Generated, type GenerateRequest } from '../../inference/engine.js';
import { Memory, NOTHING, type Recall } from '../../memory/memory.js';
import { contractErrorOf } from '../ack.js';
import type { PlaygroundLine, PlaygroundQuestion } from './playground.schema.js';

/** What is asked, and of whom. */
interface Prepared {
  start: Extract<PlaygroundLine, { kind: 'start' }>;
  request: GenerateRequest;
  recall: Recall;
}

/** Operators wait in the line like a site of their own. */
const SITE = 'playground';

@Injectable()
export class Playground {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly versions: AdapterVersions,
    private readonly memory: Memory,
    private readonly engine: Engine,
    private readonly runtime: Runtime,
  ) {}

  /**
   * The answer's lines; what can't be answered at all is thrown before the first.
   * @throws AssistantsError `assistants.unknown`, `assistants.prompt_version_unknown`; AdaptersError `adapters.version_unknown` and those of its file
   */
  async ask(
    slug: string,
    question: PlaygroundQuestion,
    by: { actor: string; signal: AbortSignal },
  ): Promise<AsyncGenerator<PlaygroundLine, void, undefined>> {
    const prepared = await this.prepare(await this.assistants.bySlug(slug), question);
    prepared.request.signal = by.signal;
    prepared.request.fair = { site: SITE, customer: by.actor };
    return this.lines(prepared);
  }

  private async prepare(assistant: Assistant, asked: PlaygroundQuestion): Promise<Prepared> {
    const { question, draft, version = assistant.championVersion } = asked;
    const earlier = asked.earlier.map((each) => ({ ...each, status: 'complete' as const }));
    const prompt: Instructions & { version?: number } =
      draft ?? (await this.assistants.promptVersion(assistant, asked.promptVersion));
    const recall = asked.memory ? await this.memory.recall(assistant.id, question, earlier) : NOTHING;
    const fewShot = [...(asked.fewShot ? prompt.fewShot : []), ...recall.shots];
    const { CHAT_MAX_ANSWER_TOKENS, CHAT_TEMPERATURE } = this.runtime.environment;
    return {
      start: {
        ...{ kind: 'start', adapterVersion: version, shots: fewShot.length, memory: recall.hits },
        promptVersion: prompt.version ?? null,
      },
      request: {
        // One that serves nobody is in memory for this answer only.
        adapter: await this.versions.fileOf(assistant.id, version),
        turns: buildTurns({ instructions: prompt.instructions, fewShot }, earlier, question),
        maxTokens: asked.maxTokens ?? CHAT_MAX_ANSWER_TOKENS,
        temperature: asked.temperature ?? CHAT_TEMPERATURE,
      },
      recall,
    };
  }

  private async *lines({ start, request, recall }: Prepared): AsyncGenerator<PlaygroundLine, void, undefined> {
    const began = performance.now();
    let firstTextMs: number | null = null;
    const took = () => Math.round(performance.now() - began);
    yield start;
    if (recall.verbatim !== undefined) return yield fromMemory(recall.verbatim, took());
    try {
      for await (const event of this.engine.generate(request)) {
        if (event.kind === 'done') return yield done(event.result, firstTextMs, took());
        firstTextMs ??= took();
        yield event;
      }
    } catch (error) {
      const { code, message } = contractErrorOf(error);
      yield { kind: 'error', error: { code, message } };
    }
  }
}

function done(result: Generated, firstTextMs: number | null, latencyMs: number): PlaygroundLine {
  return { kind: 'done', ...result, firstTextMs, latencyMs };
}

function fromMemory(text: string, latencyMs: number): PlaygroundLine {
  const nothingWritten = { promptTokens: 0, completionTokens: 0, firstTextMs: latencyMs };
  return { kind: 'done', text, finishReason: 'memory', ...nothingWritten, latencyMs };
}

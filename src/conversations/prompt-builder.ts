// The prompt of one answer, cut to the window: the oldest exchanges go first, whole.
import { Injectable } from '@nestjs/common';
import { AssistantsService } from '../assistants/assistants.service.js';
import { buildTurns } from '../assistants/prompt.js';
import { Runtime } from '../config/runtime.js';
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { Message } from '../database/entities/message.entity.js';
import { Engine } from '../inference/engine.js';
import { Memory, NOTHING, type Recall } from '../memory/memory.js';
import { Scope } from '../memory/scope.js';
import { Messages } from './messages.js';

/** What the model is shown, and by which prompt version. */
export interface Prompt {
  promptVersion: number;
  /** `seq` of the oldest message shown: the prompt's part of the conversation begins there. */
  fromSeq: number;
  turns: PromptTurn[];
  /** What the memory knows; its worked examples are among the turns. */
  memory: Recall;
  /** What is said instead, where nothing that the assistant was taught is near the question. */
  unknownAnswer: string | undefined;
}

@Injectable()
export class PromptBuilder {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly messages: Messages,
    private readonly engine: Engine,
    private readonly memory: Memory,
    private readonly scope: Scope,
    private readonly runtime: Runtime,
  ) {}

  /**
   * The prompt for an answer that is still to be written.
   * @param asked the question, where it is at hand; else it is read
   */
  async build(assistantId: string, answer: Message, asked?: Message): Promise<Prompt> {
    const question = asked ?? (await this.messages.require(answer.conversationId, answer.replyToId ?? ''));
    const reading = [this.assistants.activePrompt(assistantId), this.messages.before(question)] as const;
    const [instructions, newest] = await Promise.all(reading);
    let earlier = newest;
    let memory = await this.memory.recall(assistantId, question.text, earlier);
    const turnsNow = () => {
      const fewShot = [...instructions.fewShot, ...memory.shots];
      return buildTurns({ ...instructions, fewShot }, earlier, question.text);
    };
    const unknownAnswer = memory.hits.length > 0 ? null : instructions.unknownAnswer;
    const isUnknown = unknownAnswer !== null && (await this.scope.isForeign(assistantId, question.text, earlier));
    let turns = turnsNow();
    while (memory.shots.length + earlier.length > 0 && !(await this.fits(turns))) {
      // The conversation itself has room before worked examples do.
      if (memory.shots.length > 0) memory = NOTHING;
      else earlier = withoutOldestExchange(earlier);
      turns = turnsNow();
    }
    this.memory.count(memory.hits);
    return {
      ...{ promptVersion: instructions.version, fromSeq: earlier[0]?.seq ?? question.seq, turns, memory },
      unknownAnswer: isUnknown ? unknownAnswer : undefined,
    };
  }

  /** Whether a whole answer has room beside these turns; an answer never claims more than half of the window. */
  private async fits(turns: PromptTurn[]): Promise<boolean> {
    const { contextTokens } = this.engine.state();
    const answerTokens = Math.min(this.runtime.environment.CHAT_MAX_ANSWER_TOKENS, contextTokens / 2);
    return (await this.engine.countTokens(turns)) + answerTokens < contextTokens;
  }
}

/** Leaves out the oldest question with all that answered it. */
export function withoutOldestExchange<M extends Pick<Message, 'role'>>(messages: M[]): M[] {
  const next = messages.findIndex(({ role }, i) => i > 0 && role === 'customer');
  return next < 0 ? [] : messages.slice(next);
}

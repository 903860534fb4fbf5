// The chat template of the GGUF, rendered so that what people write can never become a special token:
// unguessable sentinels stand in for the contents, and the rendered text is cut at them into the template's own
// parts (which may hold special tokens) and the contents (which may not).
import { randomUUID } from 'node:crypto';
import { Template } from '@huggingface/jinja';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { InferenceError, reasonOf } from './inference-error.js';

/** A piece of a rendered prompt. Only `markup` may be tokenised with special tokens. */
export interface PromptPart {
  kind: 'markup' | 'content';
  text: string;
}

export interface ChatTemplate {
  /**
   * The prompt that makes the model write the next answer.
   * @throws InferenceError `engine.unsupported_template` when the template drops or reorders contents
   */
  prompt(turns: PromptTurn[]): PromptPart[];
  /** What the template writes right after an answer, e.g. `<|im_end|>\n`. */
  afterAnswer(): string;
}

/** Strings that a template may ask for. */
export interface TemplateTokens {
  bos: string | null;
  eos: string | null;
}

/**
 * Parses a Jinja chat template.
 * @throws InferenceError `engine.unsupported_template`
 */
export function parseChatTemplate(source: string, tokens: TemplateTokens): ChatTemplate {
  const template = parse(source);
  const render = (turns: PromptTurn[], addGenerationPrompt: boolean): PromptPart[] => {
    const sentinels = turns.map(() => `§${randomUUID()}§`);
    const rendered = renderOnce(template, {
      messages: turns.map(({ role }, i) => ({ role, content: sentinels[i] })),
      add_generation_prompt: addGenerationPrompt,
      bos_token: tokens.bos ?? '',
      eos_token: tokens.eos ?? '',
    });
    return cutAtSentinels(rendered, sentinels, turns);
  };
  return {
    prompt: (turns) => render(turns, true),
    afterAnswer: () => {
      const parts = render(
        [
          { role: 'user', content: 'question' },
          { role: 'assistant', content: 'answer' },
        ],
        false,
      );
      const last = parts.at(-1);
      return last?.kind === 'markup' ? last.text : '';
    },
  };
}

function parse(source: string): Template {
  try {
    return new Template(source);
  } catch (cause) {
    throw unsupported(`it can't be parsed: ${reasonOf(cause)}`, cause);
  }
}

function renderOnce(template: Template, variables: Record<string, unknown>): string {
  try {
    return template.render(variables);
  } catch (cause) {
    throw unsupported(`it can't be rendered: ${reasonOf(cause)}`, cause);
  }
}

function cutAtSentinels(rendered: string, sentinels: string[], turns: PromptTurn[]): PromptPart[] {
  const parts: PromptPart[] = [];
  let rest = rendered;
  for (const [i, sentinel] of sentinels.entries()) {
    const [before, after, ...more] = rest.split(sentinel);
    if (after === undefined || more.length > 0)
      throw unsupported(`it doesn't show every ${turns[i]?.role} turn once, in order`);
    parts.push({ kind: 'markup', text: before ?? '' }, { kind: 'content', text: (turns[i]?.content ?? '').trim() });
    rest = after;
  }
  parts.push({ kind: 'markup', text: rest });
  return parts.filter(({ text }) => text !== '');
}

function unsupported(reason: string, cause?: unknown): InferenceError {
  return new InferenceError('engine.unsupported_template', `The chat template of the model is not usable: ${reason}.`, {
    cause,
  });
}

// Lines of a JSONL file as examples: OpenAI's chat format, TRL's prompt/completion, preference and KTO formats, and tokens as they
// are. Every bad line is named with its number, and with one bad line nothing is learnt.
import { z } from 'zod';
import { CliError } from './cli-error.js';

export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** Text to tokenise, or tokens that somebody has made already. */
export type Prompt = Turn[] | number[];
export type Answer = string | number[];

/** One example, named by the place it came from. */
export type Example = { id: string; weight: number; prompt: Prompt } & (
  | { kind: 'sft'; completion: Answer }
  | { kind: 'preference'; chosen: Answer; rejected: Answer }
  | { kind: 'binary'; completion: Answer; desirable: boolean }
);

/** Bad lines that are shown; the rest is counted. */
const SHOWN_ERRORS_MAX = 10;

const message = z.object({
  // OpenAI's newer name for the system's turn.
  role: z.enum(['system', 'developer', 'user', 'assistant'], { error: 'must be system, developer, user or assistant' }),
  content: z.string({ error: 'must be text' }),
  /** OpenAI: 0 for an assistant turn that isn't learnt. */
  weight: z.number().min(0).optional(),
});
const messages = z.array(message).min(1);
const text = z.string().min(1);
const weight = z.number().positive().default(1);
const said = z.union([text, messages], { error: 'must be text or a list of messages' });
const tokens = z.array(z.number().int().nonnegative()).min(1);

const FORMATS = {
  messages: z.object({ messages: messages.min(2, 'needs a question and an answer'), weight }),
  chosen: z.object({ prompt: said.optional(), chosen: said, rejected: said, weight }),
  label: z.object({ prompt: said.optional(), completion: said, label: z.boolean(), weight }),
  prompt_tokens: z.object({ prompt_tokens: tokens, completion_tokens: tokens, weight }),
  completion: z.object({ prompt: said, completion: said, weight }),
};

export interface ReadOptions {
  /** For messages about it and for the examples' ids. */
  name: string;
  /** Every assistant turn of a dialogue is an example. */
  allTurns: boolean;
}

/**
 * Reads the examples of a whole file.
 * @throws CliError `cli.data` with the number of each bad line and what is wrong with it
 */
export function readExamples(content: string, options: ReadOptions): Example[] {
  const examples: Example[] = [];
  const errors: string[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      examples.push(...readLine(line, `${options.name}:${index + 1}`, options.allTurns));
    } catch (error) {
      errors.push(`line ${index + 1}: ${error instanceof z.ZodError ? wordsOf(error) : (error as Error).message}`);
    }
  }
  if (errors.length > 0) throw badLines(options.name, errors);
  if (examples.length === 0) throw new CliError('cli.data', `${options.name} holds no examples.`);
  return examples;
}

function badLines(name: string, errors: string[]): CliError {
  const more = errors.length - SHOWN_ERRORS_MAX;
  const shown = errors.slice(0, SHOWN_ERRORS_MAX).map((error) => `\n  ${error}`);
  const rest = more > 0 ? `\n  and ${more} more` : '';
  return new CliError('cli.data', `${name} has bad lines; nothing was trained or written.${shown.join('')}${rest}`);
}

const wordsOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, message: reason }) => (path.length > 0 ? `${path.join('.')}: ${reason}` : reason)).join('; ');

function readLine(line: string, id: string, allTurns: boolean): Example[] {
  const value = parseJson(line);
  const format = (Object.keys(FORMATS) as (keyof typeof FORMATS)[]).find((key) => key in value);
  switch (format) {
    case 'messages':
      return readChat(FORMATS.messages.parse(value), id, allTurns);
    case 'chosen':
      return [readPreference(FORMATS.chosen.parse(value), id)];
    case 'label': {
      const { prompt, completion, label, weight: w } = FORMATS.label.parse(value);
      return [{ id, weight: w, kind: 'binary', desirable: label, ...promptAndAnswer(prompt, completion) }];
    }
    case 'prompt_tokens': {
      const { prompt_tokens: prompt, completion_tokens: completion, weight: w } = FORMATS.prompt_tokens.parse(value);
      return [{ id, weight: w, kind: 'sft', prompt, completion }];
    }
    case 'completion': {
      const { prompt, completion, weight: w } = FORMATS.completion.parse(value);
      return [{ id, weight: w, kind: 'sft', ...promptAndAnswer(prompt, completion) }];
    }
    default:
      throw new Error('has none of the keys `messages`, `chosen`, `label`, `completion`, `prompt_tokens`');
  }
}

function parseJson(line: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Error(`is not JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('is not a JSON object');
  return value;
}

type Message = z.output<typeof message>;

const turn = ({ role, content }: Message): Turn => ({ role: role === 'developer' ? 'system' : role, content });

function readChat(line: z.output<typeof FORMATS.messages>, id: string, allTurns: boolean): Example[] {
  const answers = line.messages.flatMap(({ role, weight: w }, i) =>
    role === 'assistant' && i > 0 && w !== 0 ? [i] : [],
  );
  if (answers.length === 0) throw new Error('messages: there is no assistant turn to learn');
  const wanted = allTurns ? answers : answers.slice(-1);
  return wanted.map((at) => {
    const { content, weight: w = 1 } = line.messages[at] as Message;
    const prompt = checkedPrompt(line.messages.slice(0, at).map(turn));
    const part = wanted.length > 1 ? `${id}#${at}` : id;
    return { id: part, weight: line.weight * w, kind: 'sft', prompt, completion: checkedAnswer(content) };
  });
}

type Said = z.output<typeof said>;

function readPreference({ prompt, chosen, rejected, weight: w }: z.output<typeof FORMATS.chosen>, id: string): Example {
  const [better, worse] = [promptAndAnswer(prompt, chosen), promptAndAnswer(prompt, rejected)];
  if (JSON.stringify(better.prompt) !== JSON.stringify(worse.prompt)) {
    throw new Error('chosen and rejected differ before their last turn');
  }
  if (better.completion === worse.completion) throw new Error('chosen and rejected are the same answer');
  const { prompt: shared, completion } = better;
  return { id, weight: w, kind: 'preference', prompt: shared, chosen: completion, rejected: worse.completion };
}

/** A prompt given as text is the user's turn. Without a prompt, what was said is a whole dialogue, whose last turn is the answer. */
function promptAndAnswer(prompt: Said | undefined, answer: Said): { prompt: Turn[]; completion: string } {
  if (typeof answer === 'string') {
    if (prompt === undefined)
      throw new Error('text without a prompt: give `prompt`, or whole dialogues as lists of messages');
    return { prompt: checkedPrompt(turnsOf(prompt)), completion: checkedAnswer(answer) };
  }
  const last = answer.at(-1) as Message;
  if (last.role !== 'assistant') throw new Error("the last turn of an answer must be the assistant's");
  const before = [...(prompt === undefined ? [] : turnsOf(prompt)), ...answer.slice(0, -1).map(turn)];
  return { prompt: checkedPrompt(before), completion: checkedAnswer(last.content) };
}

const turnsOf = (prompt: Said): Turn[] =>
  typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt.map(turn);

function checkedPrompt(turns: Turn[]): Turn[] {
  if (turns.length === 0) throw new Error('there is nothing before the answer');
  if (turns.at(-1)?.role === 'assistant') throw new Error("the turn before an answer is the assistant's as well");
  return turns;
}

function checkedAnswer(answer: string): string {
  if (answer.trim() === '') throw new Error('an answer is empty');
  return answer;
}

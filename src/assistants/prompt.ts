// What the model is shown before it answers. Serving and examples both come through here, so that training and serving can't differ.
import type { PromptTurn } from '../database/entities/example.entity.js';
import type { Message } from '../database/entities/message.entity.js';
import type { PromptVersion } from '../database/entities/prompt-version.entity.js';

/** How many earlier messages are looked at; serving and intake read no more than these. */
export const EARLIER_MESSAGES_MAX = 40;

/** What of a prompt version is shown. */
export type Instructions = Pick<PromptVersion, 'instructions' | 'fewShot'>;
/** What of an earlier message is shown. */
export type EarlierMessage = Pick<Message, 'role' | 'text' | 'status'>;

/**
 * The turns of a prompt: instructions, worked examples, the conversation so far, the question.
 * Answers that failed or are still being written, and questions that got no answer, are left out: the model must see
 * question and answer by turns.
 * @param earlier the conversation before the question, oldest first; only the newest `EARLIER_MESSAGES_MAX` count
 */
export function buildTurns(prompt: Instructions, earlier: readonly EarlierMessage[], question: string): PromptTurn[] {
  return [
    ...(prompt.instructions ? [turn('system', prompt.instructions)] : []),
    ...prompt.fewShot.flatMap((shot) => [turn('user', shot.question), turn('assistant', shot.answer)]),
    ...answeredTurns(earlier.slice(-EARLIER_MESSAGES_MAX)),
    turn('user', question),
  ];
}

/** Earlier messages as alternating user and assistant turns. An agent's message counts as the assistant's. */
function answeredTurns(earlier: readonly EarlierMessage[]): PromptTurn[] {
  const turns: PromptTurn[] = [];
  for (const message of earlier) {
    const role = message.role === 'customer' ? 'user' : 'assistant';
    const last = turns.at(-1);
    if (role === 'assistant' && (!isShown(message) || !last)) continue;
    if (last?.role !== role) turns.push(turn(role, message.text));
    // Of several questions in a row only the newest was answered; of several answers all were read.
    else last.content = role === 'user' ? message.text : `${last.content}\n\n${message.text}`;
  }
  if (turns.at(-1)?.role === 'user') turns.pop();
  return turns;
}

function isShown({ status, text }: EarlierMessage): boolean {
  return (status === 'complete' || status === 'stopped') && text !== '';
}

function turn(role: PromptTurn['role'], content: string): PromptTurn {
  return { role, content };
}

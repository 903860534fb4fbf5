// Writes one answer on one sequence, as text: token after token until the model, the limit or the customer ends it.
import { AnswerText } from './answer-text.js';
import type { ChatTokenizer } from './chat-tokenizer.js';
import type { FinishReason, GenerateEvent } from './engine.js';
import type { AnswerOrder, WritingSequence } from './writing.js';

export async function* writeAnswer(
  sequence: WritingSequence,
  tokenizer: ChatTokenizer,
  order: AnswerOrder,
): AsyncGenerator<GenerateEvent, void, undefined> {
  const answer = new AnswerText((tokens, before) => tokenizer.text(tokens, before));
  let written = 0;
  let finishReason: FinishReason = 'length';
  for await (const tokens of sequence.write(order)) {
    written += tokens.length;
    const last = tokens.at(-1);
    if (last !== undefined && tokenizer.endsAnswer(last)) finishReason = 'stop';
    const text = (finishReason === 'stop' ? tokens.slice(0, -1) : tokens).map((token) => answer.push(token)).join('');
    if (text !== '') yield { kind: 'delta', text };
  }
  if (order.signal?.aborted && finishReason !== 'stop') finishReason = 'stopped';
  const rest = answer.end();
  if (rest !== '') yield { kind: 'delta', text: rest };
  const promptTokens = order.prompt.length;
  yield { kind: 'done', result: { text: answer.whole, finishReason, promptTokens, completionTokens: written } };
}

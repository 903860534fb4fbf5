// The conversation as a text file that people can keep.
import { spokenText } from '../markdown/spoken-text.js';
import type { Words } from '../words/words.js';
import type { SessionState } from './state.js';
import type { Turn } from './transcript.js';

/** Who said it, when, and what; without what never reached the service. */
export function transcriptText({ transcript, assistant }: SessionState, words: Words, locale: string): string {
  const time = new Intl.DateTimeFormat(locale || undefined, { dateStyle: 'short', timeStyle: 'medium' });
  const names: Record<Turn['role'], string> = {
    customer: words.you,
    assistant: assistant?.name ?? words.chat,
    agent: words.withPerson,
  };
  const said = transcript.filter(({ text, status }) => text && status !== 'unsent' && status !== 'sending');
  const lines = said.map(({ role, agentName, atMs, text }) =>
    [`${agentName ?? names[role]} (${time.format(atMs)})`, role === 'customer' ? text : spokenText(text)].join('\n'),
  );
  return [words.chatWith(names.assistant), ...lines].join('\n\n') + '\n';
}

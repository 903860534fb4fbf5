// Asks in the playground and tells of the answer as it comes.
import { api, parsed } from '../../api/client.js';
import { playgroundLineSchema, type PlaygroundLine } from '../../api/schemas/prompts.js';

/** @throws ApiProblem when it is refused, or the connection breaks */
export async function askPlayground(
  base: string,
  question: object,
  heard: (line: PlaygroundLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await api.stream('POST', `${base}/playground`, question, signal);
  if (!response.body) return;
  let rest = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') heard(parsed(playgroundLineSchema, JSON.parse(line)));
    if (done) return;
  }
}

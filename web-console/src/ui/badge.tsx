// A state as a small coloured word; the word alone says everything, the colour only helps.
import { wordsFor } from '../words.js';

export function Badge({ state }: { state: string }) {
  const [word, tone] = wordsFor(state);
  return <span class={`badge ${tone}`}>{word}</span>;
}

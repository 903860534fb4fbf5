// A state as a small coloured word; the word alone says everything, the colour only helps.
import { wordsFor, type Tone } from '../words.js';

export function Badge({ state, words = wordsFor(state) }: { state: string; words?: [string, Tone] }) {
  const [word, tone] = words;
  return <span class={`badge ${tone}`}>{word}</span>;
}

// The kinds of events on the timeline: what each is called, and how it looks.
import type { Tone } from '../../words.js';

interface EventKind {
  word: string;
  /** All of them together. */
  words: string;
  tone: Tone;
  /** Of its dot in the drawing. */
  colour: string;
}

export const KINDS: Record<string, EventKind> = {
  promotion: { word: 'Promotion', words: 'Promotions', tone: 'good', colour: '#0a8f57' },
  rollback: { word: 'Rollback', words: 'Rollbacks', tone: 'bad', colour: '#d0342c' },
  canary: { word: 'Canary', words: 'Canaries', tone: 'busy', colour: '#6d74f0' },
  run: { word: 'Training run', words: 'Training runs', tone: 'plain', colour: '#8388a0' },
  gate: { word: 'Gate', words: 'Gates', tone: 'warn', colour: '#b77400' },
  prompt: { word: 'Prompt', words: 'Prompts', tone: 'plain', colour: '#0b8799' },
};

// The playground's conversation: what was asked and answered so far, and the answer that is coming.
import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblem } from '../../api/problem.js';
import type { PlaygroundLine } from '../../api/schemas/prompts.js';
import { askPlayground } from './ask-playground.js';

export interface Exchange {
  id: number;
  question: string;
  text: string;
  start?: Extract<PlaygroundLine, { kind: 'start' }>;
  done?: Extract<PlaygroundLine, { kind: 'done' }>;
  problem?: string;
}

/** What one chooses before asking. */
export interface Conditions {
  version?: number;
  promptVersion?: number;
  fewShot: boolean;
  memory: boolean;
  temperature?: number;
}

export function usePlayground(base: string) {
  const [exchanges, setExchanges] = useState<Exchange[]>([]);
  const [isAnswering, setAnswering] = useState(false);
  const running = useRef<AbortController>(undefined);
  const nextId = useRef(1);
  useEffect(() => () => running.current?.abort(), []);

  const ask = useCallback(
    async (question: string, conditions: Conditions) => {
      const stop = new AbortController();
      running.current = stop;
      const id = nextId.current++;
      const change = (by: (exchange: Exchange) => Partial<Exchange>) =>
        setExchanges((all) => all.map((each) => (each.id === id ? { ...each, ...by(each) } : each)));
      const earlier = exchanges.filter(({ done, text }) => done && text !== '').flatMap(turnsOf);
      setExchanges((all) => [...all, { id, question, text: '' }]);
      setAnswering(true);
      try {
        const heard = (line: PlaygroundLine) => change((exchange) => heardOf(line, exchange));
        await askPlayground(base, { question, earlier, ...conditions }, heard, stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) change(() => ({ problem: asProblem(error).detail }));
      } finally {
        setAnswering(false);
      }
    },
    [base, exchanges],
  );

  return {
    ...{ exchanges, isAnswering, ask },
    stop: () => running.current?.abort(),
    clear: () => {
      running.current?.abort();
      setExchanges([]);
    },
  };
}

const turnsOf = ({ question, text }: Exchange) => [
  { role: 'customer', text: question },
  { role: 'assistant', text },
];

function heardOf(line: PlaygroundLine, { text }: Exchange): Partial<Exchange> {
  if (line.kind === 'start') return { start: line };
  if (line.kind === 'delta') return { text: text + line.text };
  if (line.kind === 'error') return { problem: line.error.message };
  return { done: line, text: line.text };
}

// What is different between two prompts, word by word: left out, and put in.
import { Paper, Text } from '@mantine/core';
import { diffWordsWithSpace } from 'diff';
import type { PromptVersion } from '../../api/schemas/prompts.js';

type Prompt = Pick<PromptVersion, 'instructions' | 'fewShot' | 'unknownAnswer'>;

/** A prompt as one text, so that everything about it is compared. */
export function promptText({ instructions, fewShot, unknownAnswer }: Prompt): string {
  return [
    instructions,
    ...fewShot.map(({ question, answer }) => `Customer: ${question}\nAssistant: ${answer}`),
    ...(unknownAnswer ? [`Where it doesn’t know: ${unknownAnswer}`] : []),
  ].join('\n\n');
}

interface PromptDiffProps {
  before: Prompt;
  after: Prompt;
  /** Whose texts they are, e.g. "Version 2" and "Draft". */
  names: [string, string];
}

export function PromptDiff({ before, after, names }: PromptDiffProps) {
  const parts = diffWordsWithSpace(promptText(before), promptText(after));
  const isSame = parts.every(({ added, removed }) => !added && !removed);
  if (isSame) return <Text c="dimmed">The same as {names[0].toLowerCase()}.</Text>;
  return (
    <Paper withBorder p="sm" radius="md" role="group" aria-label={`From ${names[0]} to ${names[1]}`}>
      <div className="said">
        {parts.map(({ value, added, removed }, index) => {
          if (added) return <ins key={index}>{value}</ins>;
          if (removed) return <del key={index}>{value}</del>;
          return <span key={index}>{value}</span>;
        })}
      </div>
    </Paper>
  );
}

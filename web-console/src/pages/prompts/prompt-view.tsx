// A prompt to be read.
import { Paper, Stack, Text } from '@mantine/core';
import type { PromptVersion } from '../../api/schemas/prompts.js';

export function PromptView({ prompt: { instructions, fewShot, unknownAnswer } }: { prompt: PromptVersion }) {
  return (
    <Stack gap="sm">
      <Part name="Instructions">{instructions || 'None.'}</Part>
      {fewShot.map(({ question, answer }, index) => (
        <Part key={index} name={`Few-shot example ${index + 1}`}>
          {`Customer: ${question}\nAssistant: ${answer}`}
        </Part>
      ))}
      {unknownAnswer && <Part name="Where it doesn’t know">{unknownAnswer}</Part>}
    </Stack>
  );
}

function Part({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed" mb={2}>
        {name}
      </Text>
      <Paper withBorder p="sm" radius="md" className="said">
        {children}
      </Paper>
    </div>
  );
}

// Worked examples that stand in the prompt before the conversation: write, order, take out.
import { Button, Fieldset, Group, Stack, Textarea } from '@mantine/core';
import type { FewShot } from '../../api/schemas/prompts.js';

const SHOTS_MAX = 20;

interface FewShotFieldsProps {
  shots: FewShot[];
  change: (shots: FewShot[]) => void;
}

export function FewShotFields({ shots, change }: FewShotFieldsProps) {
  const without = (at: number) => shots.filter((_, index) => index !== at);
  const replaced = (at: number, shot: FewShot) => shots.map((each, index) => (index === at ? shot : each));
  const up = (at: number) => {
    const [moved, before] = [shots[at], shots[at - 1]];
    return moved && before ? replaced(at, before).map((each, index) => (index === at - 1 ? moved : each)) : shots;
  };
  return (
    <Stack gap="sm">
      {shots.map((shot, at) => (
        <Fieldset key={at} legend={`Few-shot example ${at + 1}`}>
          <Textarea
            {...{ label: 'Customer', autosize: true, required: true, value: shot.question }}
            onChange={(event) => change(replaced(at, { ...shot, question: event.currentTarget.value }))}
          />
          <Textarea
            {...{ label: 'Assistant', autosize: true, required: true, mt: 'xs', value: shot.answer }}
            onChange={(event) => change(replaced(at, { ...shot, answer: event.currentTarget.value }))}
          />
          <Group mt="xs" gap="xs">
            <Button size="compact-sm" variant="default" disabled={at === 0} onClick={() => change(up(at))}>
              Move up
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => change(without(at))}>
              Take out
            </Button>
          </Group>
        </Fieldset>
      ))}
      {shots.length < SHOTS_MAX && (
        <Button
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => change([...shots, { question: '', answer: '' }])}
        >
          Add a few-shot example
        </Button>
      )}
    </Stack>
  );
}

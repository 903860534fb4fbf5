// Asks for a training run; what is left empty comes from the assistant's schedule and budget.
import { Button, Collapse, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { FormEnd } from '../../parts/form-end.js';

interface StartDialogProps {
  base: string;
  opened: boolean;
  close: () => void;
}

/** What may be wished of one run; empty: as usual. */
type Wishes = Partial<Record<'maxMinutes' | 'maxTokens' | 'epochs' | 'learningRate' | 'niceness', number | string>>;

export function StartDialog({ base, opened, close }: StartDialogProps) {
  return (
    <Modal opened={opened} onClose={close} title="Start a training run" size="lg">
      <StartForm base={base} close={close} />
    </Modal>
  );
}

function StartForm({ base, close }: Omit<StartDialogProps, 'opened'>) {
  const [wishes, setWishes] = useState<Wishes>({});
  const start = useWrite((body: object) => api.send('POST', `${base}/training-runs`, body), {
    ...{ invalidates: [`${base}/training-runs`], done: 'The training run is queued.', quiet: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.entries(wishes).filter(([, value]) => value !== '' && value !== undefined);
    start.mutate(Object.fromEntries(given), { onSuccess: close });
  };
  const field = (name: keyof Wishes) => ({
    value: wishes[name] ?? '',
    onChange: (value: number | string) => setWishes({ ...wishes, [name]: value }),
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>
          It learns everything that the champion doesn’t know yet, with a replay of earlier examples. Chats go first: it
          takes what processor time they leave.
        </Text>
        <Group grow align="flex-start">
          <NumberInput
            label="Longest training, minutes"
            placeholder="As usual"
            min={1}
            max={10_080}
            data-autofocus
            {...field('maxMinutes')}
          />
          <NumberInput
            label="Most tokens"
            placeholder="As usual"
            min={1_000}
            thousandSeparator=","
            {...field('maxTokens')}
          />
        </Group>
        <HyperParameters field={field} />
        <FormEnd {...{ error: start.error, isBusy: start.isPending, close, leave: 'Not now', action: 'Start' }} />
      </Stack>
    </form>
  );
}

type FieldOf = (name: keyof Wishes) => { value: number | string; onChange: (value: number | string) => void };

function HyperParameters({ field }: { field: FieldOf }) {
  const [isDetailed, setDetailed] = useState(false);
  return (
    <>
      <Button variant="subtle" aria-expanded={isDetailed} onClick={() => setDetailed(!isDetailed)}>
        {isDetailed ? 'Hide hyper-parameters' : 'Hyper-parameters'}
      </Button>
      <Collapse expanded={isDetailed}>
        <Group grow align="flex-start">
          <NumberInput label="Epochs" placeholder="By rule" min={1} max={100} {...field('epochs')} />
          <NumberInput
            label="Learning rate"
            placeholder="By rule"
            min={0.000001}
            max={0.1}
            step={0.0005}
            decimalScale={6}
            {...field('learningRate')}
          />
          <NumberInput label="Niceness" placeholder="As usual" min={0} max={19} {...field('niceness')} />
        </Group>
      </Collapse>
    </>
  );
}

// Writes a canary, or changes one.
import { Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { GateCanary } from '../../api/schemas/prompts.js';
import { FormEnd } from '../../parts/form-end.js';

interface CanaryDialogProps {
  path: string;
  /** Undefined: closed. */
  edited: GateCanary | 'new' | undefined;
  close: () => void;
}

export function CanaryDialog({ path, edited, close }: CanaryDialogProps) {
  return (
    <Modal
      opened={edited !== undefined}
      onClose={close}
      size="lg"
      title={edited === 'new' ? 'Write a canary' : 'Change the canary'}
    >
      {edited && <Fields path={path} canary={edited === 'new' ? undefined : edited} close={close} />}
    </Modal>
  );
}

const DEMANDS = [
  { name: 'mustEqual', label: 'The answer must be' },
  { name: 'mustContain', label: 'The answer must contain' },
  { name: 'mustNotContain', label: 'The answer must not contain' },
] as const;
const NEW = { question: '', mustEqual: null, mustContain: null, mustNotContain: null, note: '' };

function Fields({ path, canary, close }: { path: string; canary: GateCanary | undefined; close: () => void }) {
  const [fields, setFields] = useState<Omit<GateCanary, 'id' | 'createdAt'>>(canary ?? NEW);
  const save = useWrite(
    (body: object) => (canary ? api.send('PUT', `${path}/${canary.id}`, body) : api.send('POST', path, body)),
    { invalidates: [path], done: 'The next candidate is asked it.', quiet: true },
  );
  const { question, mustEqual, mustContain, mustNotContain, note } = fields;
  const hasDemand = [mustEqual, mustContain, mustNotContain].some((demand) => demand?.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ question, mustEqual, mustContain, mustNotContain, note }, { onSuccess: close });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          label="Question"
          autosize
          required
          data-autofocus
          maxLength={2_000}
          value={question}
          onChange={(event) => setFields({ ...fields, question: event.currentTarget.value })}
        />
        {DEMANDS.map(({ name, label }) => (
          <TextInput
            key={name}
            label={label}
            maxLength={1_000}
            value={fields[name] ?? ''}
            onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value || null })}
          />
        ))}
        <TextInput
          label="Why it is there"
          maxLength={1_000}
          value={note}
          onChange={(event) => setFields({ ...fields, note: event.currentTarget.value })}
        />
        <FormEnd
          {...{ error: save.error, isBusy: save.isPending, close, leave: 'Leave it', action: 'Save' }}
          isUnready={!question.trim() || !hasDemand}
        />
      </Stack>
    </form>
  );
}

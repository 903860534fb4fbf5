// Makes a site key for a website.
import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { asProblem } from '../../api/problem.js';
import { useWrite } from '../../api/read.js';
import { siteKeyWithSecretSchema } from '../../api/schemas/prompts.js';
import { SecretNote } from './secret-note.js';

interface NewKeyDialogProps {
  path: string;
  opened: boolean;
  close: () => void;
  made: (id: string) => void;
}

export function NewKeyDialog({ path, opened, close, made }: NewKeyDialogProps) {
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <Modal opened={opened} onClose={close} title="Make a site key" size="lg">
        <Fields
          path={path}
          close={close}
          made={(id, newSecret) => {
            made(id);
            setSecret(newSecret);
            close();
          }}
        />
      </Modal>
      <SecretNote secret={secret} close={() => setSecret(undefined)} />
    </>
  );
}

interface FieldsProps {
  path: string;
  close: () => void;
  made: (id: string, secret: string) => void;
}

function Fields({ path, close, made }: FieldsProps) {
  const [name, setName] = useState('');
  const [origins, setOrigins] = useState('');
  const make = useWrite((body: object) => api.send('POST', path, body, siteKeyWithSecretSchema), {
    ...{ invalidates: [path], quiet: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), origins: origins.split(/\s+/).filter(Boolean) };
    make.mutate(body, { onSuccess: ({ id, secret }) => made(id, secret) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="For people, e.g. the name of the website."
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Websites that may use it"
          description="One a line: https://shop.example. None: any website."
          autosize
          minRows={2}
          value={origins}
          onChange={(event) => setOrigins(event.currentTarget.value)}
        />
        {make.error && (
          <Alert color="red" role="alert">
            {asProblem(make.error).detail}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
            Make it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// Makes a site key for a website.
import { Modal, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { siteKeyWithSecretSchema } from '../../api/schemas/prompts.js';
import { FormEnd } from '../../parts/form-end.js';
import { KeyFields, keyBody } from './key-fields.js';
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
  const [draft, setDraft] = useState({ name: '', origins: '' });
  const make = useWrite((body: object) => api.send('POST', path, body, siteKeyWithSecretSchema), {
    ...{ invalidates: [path], quiet: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(keyBody(draft), { onSuccess: ({ id, secret }) => made(id, secret) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <KeyFields draft={draft} change={setDraft} />
        <FormEnd
          {...{ error: make.error, isBusy: make.isPending, close, leave: 'Not now', action: 'Make it' }}
          isUnready={!draft.name.trim()}
        />
      </Stack>
    </form>
  );
}

// Makes a key for a machine.
import { Checkbox, Modal, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { newApiKeySchema } from '../../api/schemas/access.js';
import { fieldText } from '../../parts/fields.js';
import { FormEnd } from '../../parts/form-end.js';
import { useAssistants } from '../../shell/assistant.js';
import { ROLE_WORDS } from './role-words.js';
import type { Secret } from './shown-once.js';

interface ApiKeyDialogProps {
  setSecret: (secret: Secret) => void;
  close: () => void;
}

export function ApiKeyDialog({ setSecret, close }: ApiKeyDialogProps) {
  const { assistants } = useAssistants();
  const [ofAll, setOfAll] = useState(true);
  const [slugs, setSlugs] = useState<string[]>([]);
  const make = useWrite((body: object) => api.send('POST', '/api/v1/api-keys', body, newApiKeySchema), {
    ...{ invalidates: ['/api/v1/api-keys'], quiet: true },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = bodyOf(new FormData(event.currentTarget), ofAll ? null : slugs);
    make.mutate(body, {
      onSuccess: ({ apiKey, key }) => {
        const words = 'Programs send it as “Authorization: Bearer …”.';
        setSecret({ title: `The key “${apiKey.name}”`, words, value: key });
        close();
      },
    });
  };
  return (
    <Modal opened onClose={close} title="Make a key" size="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput label="Name" description="What uses it." name="name" required maxLength={80} data-autofocus />
          <NativeSelect
            label="Role"
            name="role"
            data={Object.entries(ROLE_WORDS).map(([value, label]) => ({ value, label }))}
          />
          <Switch
            label="For all assistants, also later ones"
            checked={ofAll}
            onChange={(event) => setOfAll(event.currentTarget.checked)}
          />
          {!ofAll && (
            <Checkbox.Group label="Assistants" value={slugs} onChange={setSlugs}>
              <Stack gap="xs" mt="xs">
                {assistants.map(({ slug, name }) => (
                  <Checkbox key={slug} value={slug} label={name} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
          <Checkbox name="readOnly" label="May only look" />
          <TextInput label="Ends on" description="Optional." name="expiresAt" type="date" />
          <FormEnd
            {...{ error: make.error, isBusy: make.isPending, close, action: 'Make' }}
            isUnready={!ofAll && slugs.length === 0}
          />
        </Stack>
      </form>
    </Modal>
  );
}

function bodyOf(fields: FormData, assistants: string[] | null): object {
  const endDay = fieldText(fields, 'expiresAt');
  return {
    ...{ name: fieldText(fields, 'name').trim(), role: fieldText(fields, 'role'), assistants },
    readOnly: fields.has('readOnly'),
    expiresAt: endDay ? new Date(`${endDay}T23:59:59`).toISOString() : null,
  };
}

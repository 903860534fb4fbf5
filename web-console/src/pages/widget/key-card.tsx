// A site key itself: its name, which websites may use it, its secret, its end.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { siteKeyWithSecretSchema, type SiteKey } from '../../api/schemas/prompts.js';
import { Card } from '../../parts/card.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Moment } from '../../parts/moment.js';
import { KeyFields, keyBody } from './key-fields.js';
import { SecretNote } from './secret-note.js';

interface KeyCardProps {
  path: string;
  siteKey: SiteKey;
}

export function KeyCard({ path, siteKey }: KeyCardProps) {
  const [draft, setDraft] = useState({ name: siteKey.name, origins: siteKey.origins.join('\n') });
  const save = useWrite((body: object) => api.send('PATCH', `${path}/${siteKey.id}`, body), {
    ...{ invalidates: [path], done: 'The site key is changed.' },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(keyBody(draft));
  };
  return (
    <Card title="Site key">
      <form onSubmit={submit}>
        <Stack>
          {siteKey.anyOrigin && <Alert color="yellow">Any website may use this key, for none is named.</Alert>}
          <KeyFields draft={draft} change={setDraft} />
          <Group justify="space-between">
            <Orders path={path} siteKey={siteKey} />
            <Button type="submit" loading={save.isPending}>
              Save the site key
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** A new secret, or the end of the key. */
function Orders({ path, siteKey: { id, name, secretMadeAt } }: KeyCardProps) {
  const [asked, setAsked] = useState<'rotate' | 'delete'>();
  const [secret, setSecret] = useState<string>();
  const rotate = useWrite(() => api.send('POST', `${path}/${id}/rotate`, {}, siteKeyWithSecretSchema), {
    invalidates: [path],
  });
  const remove = useWrite(() => api.send('DELETE', `${path}/${id}`), {
    ...{ invalidates: [path], done: 'The site key is deleted.' },
  });
  const close = () => setAsked(undefined);
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => setAsked('rotate')}>
        New secret
      </Button>
      <Button variant="default" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      <Text size="sm" c="dimmed">
        {secretMadeAt ? (
          <>
            Secret made <Moment at={secretMadeAt} />
          </>
        ) : (
          'It has no secret: its customers are all anonymous.'
        )}
      </Text>
      <ConfirmDialog
        title="Make a new secret?"
        words="Identities signed with the one before are taken for another hour. Your server needs the new one until then."
        action="Make it"
        opened={asked === 'rotate'}
        close={close}
        carryOut={async () => setSecret((await rotate.mutateAsync(undefined)).secret)}
      />
      <ConfirmDialog
        title={`Delete the site key of ${name}?`}
        words="Widgets that use it are refused within seconds. Conversations stay."
        action="Delete"
        opened={asked === 'delete'}
        close={close}
        carryOut={() => remove.mutateAsync(undefined)}
      />
      <SecretNote secret={secret} close={() => setSecret(undefined)} />
    </Group>
  );
}

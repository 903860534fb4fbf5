// Makes a user, or changes the name and roles of one.
import { Modal, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { userSchema, userWithPasswordSchema, type RoleFor, type User } from '../../api/schemas/access.js';
import { fieldText } from '../../parts/fields.js';
import { FormEnd } from '../../parts/form-end.js';
import { REASON_CHARS_MAX } from '../../parts/reason-field.js';
import { RolesField } from './roles-field.js';
import { passwordSecret, type Secret } from './shown-once.js';

interface UserDialogProps {
  /** Undefined: a new one. */
  user: User | undefined;
  setSecret: (secret: Secret) => void;
  close: () => void;
}

interface Fields {
  email: string;
  name: string;
  roles: RoleFor[];
  reason: string;
}

export function UserDialog({ user, setSecret, close }: UserDialogProps) {
  const [roles, setRoles] = useState<RoleFor[]>(user?.roles ?? []);
  const save = useSave(user, setSecret);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => fieldText(fields, name).trim();
    save.mutate({ email: text('email'), name: text('name'), reason: text('reason'), roles }, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={user ? `Name and roles of ${user.name}` : 'Add a user'} size="xl">
      <form onSubmit={submit}>
        <Stack>
          {!user && <TextInput label="E-mail" name="email" type="email" autoComplete="off" required data-autofocus />}
          <TextInput label="Name" name="name" required maxLength={80} autoComplete="off" defaultValue={user?.name} />
          <RolesField roles={roles} change={setRoles} />
          <TextInput
            {...{ label: 'Reason', name: 'reason', maxLength: REASON_CHARS_MAX }}
            description="Optional; kept in the audit."
          />
          <FormEnd {...{ error: save.error, isBusy: save.isPending, close, action: user ? 'Save' : 'Add' }} />
        </Stack>
      </form>
    </Modal>
  );
}

function useSave(user: User | undefined, setSecret: (secret: Secret) => void) {
  return useWrite(
    async ({ email, ...rest }: Fields) => {
      if (user) {
        await api.send('PATCH', `/api/v1/users/${user.id}`, rest, userSchema);
        return;
      }
      const made = await api.send('POST', '/api/v1/users', { email, ...rest }, userWithPasswordSchema);
      setSecret(passwordSecret(made.user.name, made.oneTimePassword));
    },
    { invalidates: ['/api/v1/users'], quiet: true },
  );
}

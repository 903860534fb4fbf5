// Whoever was given a password for once chooses their own before anything else.
import { Button } from '@mantine/core';
import { Entrance } from './entrance.js';
import { PasswordForm } from './password-form.js';
import { useSession } from './session.js';

export function OwnPassword() {
  const { me, signOut } = useSession();
  return (
    <Entrance
      title="Choose your password"
      words={`The one for ${me?.user.email ?? 'this account'} was only for the first time. At least 12 characters; a sentence is good.`}
    >
      <PasswordForm />
      <Button variant="subtle" onClick={() => void signOut()}>
        Sign out
      </Button>
    </Entrance>
  );
}

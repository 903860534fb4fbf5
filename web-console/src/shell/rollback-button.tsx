// The way back, on every page. What it opens is loaded when somebody is about to press it.
import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useSession } from '../session/session.js';
import { useAssistants } from './assistant.js';

const load = () => import('../pages/versions/rollback-dialog.js');
const RollbackDialog = lazy(load);

export function RollbackButton() {
  const { may } = useSession();
  const { chosen } = useAssistants();
  const [open, setOpen] = useState(false);
  if (!chosen || !may('operator', chosen.slug)) return null;
  return (
    <>
      <Button
        {...{ variant: 'light', color: 'red', size: 'compact-md' }}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(true)}
      >
        Roll back…
      </Button>
      <Suspense>
        {open && <RollbackDialog slug={chosen.slug} title={`Roll back ${chosen.name}`} close={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}

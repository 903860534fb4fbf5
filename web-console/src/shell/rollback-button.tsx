// The way back, on every page: to the version that answered before, with a reason.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.js';
import { ReasonDialog, type Decision } from '../parts/reason-dialog.js';
import { useSession } from '../session/session.js';
import { versionName } from '../words.js';
import { useAssistants } from './assistant.js';

export function RollbackButton() {
  const { may } = useSession();
  const { chosen } = useAssistants();
  const queries = useQueryClient();
  const [decision, setDecision] = useState<Decision>();
  if (!chosen || !may('operator', chosen.slug)) return null;
  const { slug, name, championVersion } = chosen;
  const open = () =>
    setDecision({
      title: `Roll back ${name}?`,
      consequence: `The version before ${versionName(championVersion).toLowerCase()} will answer from the next question on. Answers that are being written finish on the version that began them.`,
      action: 'Roll back',
      isDanger: true,
      carryOut: (reason) => api.send('POST', `/api/v1/assistants/${slug}/rollback`, { reason }),
    });
  const close = (done: boolean) => {
    setDecision(undefined);
    if (done) void queries.invalidateQueries();
  };
  return (
    <>
      <Button variant="light" color="red" size="compact-md" disabled={championVersion === 0} onClick={open}>
        Roll back…
      </Button>
      <ReasonDialog decision={decision} close={close} />
    </>
  );
}

// Asks for the reason of what somebody is about to do. The reason goes into the audit. A refusal by the service is shown in the dialog,
// which stays open.
import { Modal, Stack, Text } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { FormEnd } from './form-end.js';
import { ReasonField } from './reason-field.js';
import { useLast } from './use-last.js';

export interface Decision {
  title: string;
  /** What will happen, in one or two sentences. */
  consequence: ReactNode;
  /** The button's words. */
  action: string;
  /** Deletes or ends something. */
  isDanger?: boolean;
  /** The reason may be left out. */
  isReasonOptional?: boolean;
  carryOut: (reason: string) => Promise<unknown>;
}

interface ReasonDialogProps {
  /** Undefined: closed. */
  decision: Decision | undefined;
  close: (done: boolean) => void;
}

export function ReasonDialog({ decision, close }: ReasonDialogProps) {
  const shown = useLast(decision);
  return (
    <Modal opened={decision !== undefined} onClose={() => close(false)} title={shown?.title} size="lg">
      {shown && <ReasonForm key={shown.title} decision={shown} close={close} />}
    </Modal>
  );
}

function ReasonForm({ decision, close }: { decision: Decision; close: (done: boolean) => void }) {
  const { consequence, action, isDanger, isReasonOptional, carryOut } = decision;
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await carryOut(reason.trim());
      close(true);
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Text component="div">{consequence}</Text>
        <ReasonField reason={reason} change={setReason} isOptional={isReasonOptional} />
        <FormEnd
          {...{ error, isBusy: busy, action, isDanger }}
          close={() => close(false)}
          isUnready={!isReasonOptional && !reason.trim()}
        />
      </Stack>
    </form>
  );
}

// Asks for the reason of what somebody is about to do. The reason goes into the audit. A refusal by the service is shown in the dialog,
// which stays open.
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { asProblem } from '../api/problem.js';
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

const REASON_CHARS_MAX = 500;

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
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await carryOut(reason.trim());
      close(true);
    } catch (error) {
      setProblem(asProblem(error).detail);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Text component="div">{consequence}</Text>
        <Textarea
          label="Reason"
          description="Kept in the audit, for whoever asks later."
          data-autofocus
          autosize
          minRows={2}
          required={!isReasonOptional}
          maxLength={REASON_CHARS_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => close(false)}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={isDanger ? 'red' : undefined}
            loading={busy}
            disabled={!isReasonOptional && !reason.trim()}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// Where somebody writes why they do what they are about to do.
import { Textarea } from '@mantine/core';

/** As the service has it, wherever a reason is asked for. */
export const REASON_CHARS_MAX = 500;

interface ReasonFieldProps {
  reason: string;
  change: (reason: string) => void;
  isOptional?: boolean;
}

export function ReasonField({ reason, change, isOptional = false }: ReasonFieldProps) {
  return (
    <Textarea
      label="Reason"
      description="Kept in the audit, for whoever asks later."
      data-autofocus
      autosize
      minRows={2}
      required={!isOptional}
      maxLength={REASON_CHARS_MAX}
      value={reason}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

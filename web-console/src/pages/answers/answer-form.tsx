// What an agent can say about an answer: good or poor, why, what it should have been, and whether that is learnt.
import { Button, Chip, Group, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import type { RefObject } from 'react';
import type { Draft } from '../../api/schemas/review.js';
import { WordDiff } from '../../parts/word-diff.js';
import { REASONS, sentDraft, withReason, withThumb } from './draft.js';
import { PersonalDataWarning } from './personal-data-warning.js';

const CHARS_MAX = 8_000;

interface AnswerFormProps {
  messageId: string;
  shown: string;
  draft: Draft;
  change: (draft: Draft) => void;
  disabled?: boolean;
  /** Where the corrected answer is written. */
  field?: RefObject<HTMLTextAreaElement | null>;
  /** Shows beside each choice the key that makes it. */
  keys?: boolean;
}

export function AnswerForm({ messageId, shown, draft, change, disabled, field, keys = false }: AnswerFormProps) {
  const corrected = sentDraft(draft, shown).text;
  return (
    <Stack gap="sm">
      <Verdict {...{ draft, change, disabled, keys }} />
      <Textarea
        label="What the answer should have been"
        ref={field}
        autosize
        minRows={2}
        maxRows={14}
        maxLength={CHARS_MAX}
        disabled={disabled}
        value={draft.text ?? ''}
        onChange={(event) => change({ ...draft, text: event.currentTarget.value })}
      />
      {corrected !== null && (
        <>
          <div role="group" aria-label="What changes">
            <WordDiff before={shown} after={corrected} />
          </div>
          <PersonalDataWarning messageId={messageId} text={corrected} />
          <Learning {...{ draft, change, disabled, keys }} />
        </>
      )}
    </Stack>
  );
}

type PartProps = Pick<AnswerFormProps, 'draft' | 'change' | 'disabled' | 'keys'>;

function Verdict({ draft, change, disabled, keys }: PartProps) {
  const thumb = (value: 'up' | 'down', words: string, key: string) => (
    <Button
      size="compact-md"
      variant={draft.value === value ? 'filled' : 'default'}
      aria-pressed={draft.value === value}
      disabled={disabled}
      onClick={() => change(withThumb(draft, value))}
    >
      {words}
      {keys && <Key of={key} />}
    </Button>
  );
  return (
    <Stack gap={6}>
      <Group gap="xs" role="group" aria-label="Was the answer good?">
        {thumb('up', 'Good', '1')}
        {thumb('down', 'Poor', '2')}
      </Group>
      <Group gap={6} role="group" aria-label="What was wrong">
        {Object.entries(REASONS).map(([reason, words], index) => (
          <Chip
            key={reason}
            size="xs"
            variant="outline"
            disabled={disabled}
            checked={draft.reasons.includes(reason)}
            onChange={() => change(withReason(draft, reason))}
          >
            {words}
            {keys && <Key of={String(index + 3)} />}
          </Chip>
        ))}
      </Group>
    </Stack>
  );
}

function Learning({ draft, change, disabled, keys }: PartProps) {
  return (
    <Group align="flex-end" gap="lg">
      <Switch
        label={
          <>
            Use for training
            {keys && <Key of="8" />}
          </>
        }
        description="Off: it is answered from the memory, but never learnt."
        disabled={disabled}
        checked={draft.useForTraining}
        onChange={(event) => change({ ...draft, useForTraining: event.currentTarget.checked })}
      />
      <TextInput
        label="Topic"
        description="Optional; groups similar questions."
        size="xs"
        maxLength={80}
        disabled={disabled}
        value={draft.slice ?? ''}
        onChange={(event) => change({ ...draft, slice: event.currentTarget.value })}
      />
    </Group>
  );
}

/** A key in small print; the list of keys says it to screen readers. */
function Key({ of }: { of: string }) {
  return (
    <Text span size="xs" ml={6} aria-hidden className="number">
      {of}
    </Text>
  );
}

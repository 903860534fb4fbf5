// Writes the next prompt version, with what is different shown as one writes.
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { promptVersionSchema, type PromptVersion } from '../../api/schemas/prompts.js';
import { FewShotFields } from './few-shot-fields.js';
import { PromptDiff } from './prompt-diff.js';

const TEXT_CHARS_MAX = 8_000;

interface PromptEditorProps {
  path: string;
  base: string;
  /** The version that it begins as. */
  from: PromptVersion;
  /** @param made the new version's number; undefined when nothing was made */
  close: (made?: number) => void;
}

export function PromptEditor({ path, base, from, close }: PromptEditorProps) {
  const [draft, setDraft] = useState({ instructions: from.instructions, fewShot: from.fewShot });
  const [unknownAnswer, setUnknownAnswer] = useState(from.unknownAnswer);
  const [note, setNote] = useState('');
  const save = useWrite((body: object) => api.send('POST', path, body, promptVersionSchema), {
    invalidates: [path, base],
    done: ({ version, active }) =>
      `Version ${version} is ${active ? 'active' : 'there to be tried in the playground'}.`,
  });
  const content = { ...draft, unknownAnswer: unknownAnswer?.trim() ? unknownAnswer : null };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const activate = submitter?.dataset.activate !== undefined;
    save.mutate({ ...content, note: note.trim(), activate }, { onSuccess: ({ version }) => close(version) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          label="Instructions"
          autosize
          minRows={3}
          maxLength={TEXT_CHARS_MAX}
          value={draft.instructions}
          onChange={(event) => setDraft({ ...draft, instructions: event.currentTarget.value })}
        />
        <FewShotFields shots={draft.fewShot} change={(fewShot) => setDraft({ ...draft, fewShot })} />
        <UnknownAnswer answer={unknownAnswer} change={setUnknownAnswer} />
        <TextInput
          label="What is different, and why"
          description="Stands in the list and in the audit."
          maxLength={1_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <div>
          <Text fw={650} mb={4}>
            What is different from version {from.version}
          </Text>
          <PromptDiff before={from} after={content} names={[`Version ${from.version}`, 'This draft']} />
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => close()}>
            Throw it away
          </Button>
          <Button type="submit" variant="default" loading={save.isPending}>
            Save to try it first
          </Button>
          <Button type="submit" data-activate loading={save.isPending}>
            Save and activate
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function UnknownAnswer({ answer, change }: { answer: string | null; change: (answer: string | null) => void }) {
  return (
    <Stack gap="xs">
      <Checkbox
        label="Say that it doesn’t know, where a question is about nothing it was taught"
        checked={answer !== null}
        onChange={(event) => change(event.currentTarget.checked ? '' : null)}
      />
      {answer !== null && (
        <Textarea
          label="What it says then"
          description="A person is offered along with it."
          autosize
          required
          maxLength={TEXT_CHARS_MAX}
          value={answer}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}

// Beside a conversation: what was said about one answer, and what one has to say oneself.
import { Button, Divider, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { correctionMadeSchema, type AnswerFeedback, type Draft } from '../../api/schemas/review.js';
import { Loaded } from '../../parts/load.js';
import { AnswerForm } from '../answers/answer-form.js';
import { AnswerHistory } from '../answers/answer-history.js';
import { emptyDraft, saysSomething, sentDraft } from '../answers/draft.js';
import { teach } from '../answers/teach.js';
import { useFeedback } from '../shared-reads.js';

const NOTHING: Draft = { ...emptyDraft(''), text: null };

/** For an answer of the assistant's that is written to its end. */
export function AnswerPanel({ messageId }: { messageId: string }) {
  const feedback = useFeedback(messageId);
  return <Loaded of={feedback}>{(data) => <Panel key={messageId} feedback={data} />}</Loaded>;
}

function Panel({ feedback }: { feedback: AnswerFeedback }) {
  const { messageId, answer, corrections } = feedback;
  // What counts already is where the next change begins.
  const begun = corrections.find(({ counts }) => counts)?.text ?? answer;
  // Untouched, the text follows what counts.
  const [said, setSaid] = useState<Draft>(NOTHING);
  const draft = { ...said, text: said.text ?? begun };
  const change = (next: Draft) => setSaid({ ...next, text: next.text === begun ? null : next.text });
  const send = useWrite((learnNow: boolean) => say(messageId, sentDraft(draft, begun), learnNow), {
    ...{
      done: 'Saved.',
      invalidates: [`/api/v1/messages/${messageId}/feedback`, '/api/v1/reviews', '/api/v1/conversations'],
    },
  });
  const submit = (learnNow: boolean) => send.mutate(learnNow, { onSuccess: () => setSaid(NOTHING) });
  const corrected = sentDraft(draft, begun).text !== null;
  return (
    <Stack gap="md">
      <AnswerForm {...{ messageId, shown: begun, draft, change, disabled: send.isPending }} />
      <Group gap="xs">
        <Button disabled={!saysSomething(draft, begun)} loading={send.isPending} onClick={() => submit(false)}>
          Save
        </Button>
        {corrected && draft.useForTraining && (
          <Button variant="light" loading={send.isPending} onClick={() => submit(true)}>
            Save and teach now
          </Button>
        )}
      </Group>
      <Divider />
      <AnswerHistory feedback={feedback} />
    </Stack>
  );
}

/** The thumb, then the correction, which teaches more than the thumb. */
async function say(messageId: string, draft: Draft, learnNow: boolean): Promise<void> {
  const { value, reasons, note, text, slice, useForTraining } = draft;
  const base = `/api/v1/messages/${messageId}`;
  if (value) await api.send('POST', `${base}/ratings`, { value, reasons, ...(note && { note }) });
  if (text === null) return;
  const body = { text, useForTraining, ...(slice && { slice }) };
  const { id } = await api.send('POST', `${base}/corrections`, body, correctionMadeSchema);
  if (learnNow && useForTraining) await teach(id);
}

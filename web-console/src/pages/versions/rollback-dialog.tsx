// Goes back to the version before, or ends a canary: says first what becomes of open conversations, then counts the nodes that follow.
import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useRead } from '../../api/read.js';
import { servingSchema, type Serving } from '../../api/schemas/versions.js';
import { FormEnd } from '../../parts/form-end.js';
import { Loaded } from '../../parts/load.js';
import { ReasonField } from '../../parts/reason-field.js';
import { versionName } from '../../words.js';
import { assistantBase } from '../assistant-base.js';
import { useOrder } from './decisions.js';
import { NodesFollow } from './nodes-follow.js';

type Way = 'champion' | 'canary';

interface RollbackDialogProps {
  slug: string;
  title: string;
  /** Default: the version before this one, or the end of a canary. */
  toVersion?: number;
  close: () => void;
}

export default function RollbackDialog({ slug, title, toVersion, close }: RollbackDialogProps) {
  const base = assistantBase(slug);
  const serving = useRead(`${base}/serving`, servingSchema, { live: ['deployment', 'rollout', 'node'] });
  const [done, setDone] = useState<{ version: number; sinceMs: number }>();
  return (
    <Modal opened onClose={close} title={title} size="lg">
      <Loaded of={serving}>
        {(now) =>
          done ? (
            <Followed {...{ done, serving: now, close }} refetch={() => void serving.refetch()} />
          ) : (
            <RollbackForm {...{ base, close, done: setDone, serving: now, choice: choiceOf(now, toVersion) }} />
          )
        }
      </Loaded>
    </Modal>
  );
}

/** What can be undone, and which version then answers instead of the champion. */
interface Choice {
  canary: Serving['canary'];
  backTo: number;
}

/** Somebody who says which version means the champion, whatever canary there is. */
const choiceOf = ({ canary, versionBefore }: Serving, toVersion: number | undefined): Choice =>
  toVersion === undefined ? { canary, backTo: versionBefore } : { canary: null, backTo: toVersion };

interface FormProps {
  base: string;
  serving: Serving;
  choice: Choice;
  close: () => void;
  done: (done: { version: number; sinceMs: number }) => void;
}

function RollbackForm({ base, serving, choice, close, done }: FormProps) {
  const { championVersion } = serving;
  const { canary, backTo } = choice;
  const [chosen, setWay] = useState<Way>();
  const [reason, setReason] = useState('');
  const way = chosen ?? (canary ? 'canary' : 'champion');
  const write = useOrder(base);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const sinceMs = performance.now();
    const body = { reason: reason.trim() };
    const isEnd = way === 'canary' && canary;
    const order = isEnd
      ? { path: `/rollouts/${canary.rolloutId}/abort`, body }
      : { path: '/rollback', body: { ...body, toVersion: backTo } };
    write.mutate(order, { onSuccess: () => done({ version: isEnd ? championVersion : backTo, sinceMs }) });
  };
  if (!canary && championVersion === backTo)
    return <Text>The base model answers, and there is no canary: there is nothing to go back to.</Text>;
  return (
    <form onSubmit={submit}>
      <Stack>
        {canary && <Ways {...{ canary, championVersion, backTo, way }} choose={setWay} />}
        <Consequence conversations={serving.conversations} to={way === 'canary' ? championVersion : backTo} />
        <ReasonField reason={reason} change={setReason} />
        <FormEnd
          {...{ error: write.error, isBusy: write.isPending, close, isDanger: true, isUnready: !reason.trim() }}
          action={way === 'canary' ? 'End the canary' : `Roll back to ${versionName(backTo).toLowerCase()}`}
        />
      </Stack>
    </form>
  );
}

interface WaysProps {
  canary: NonNullable<Choice['canary']>;
  championVersion: number;
  backTo: number;
  way: Way;
  choose: (way: Way) => void;
}

function Ways({ canary, championVersion, backTo, way, choose }: WaysProps) {
  const name = versionName(canary.version).toLowerCase();
  return (
    <Radio.Group label="What to undo" value={way} onChange={(value) => choose(value)}>
      <Stack gap="xs" mt="xs">
        <Radio value="canary" label={`The canary: ${name} answers ${canary.percent} % of new conversations`} />
        {championVersion > 0 && (
          <Radio
            value="champion"
            label={`The champion: back from ${versionName(championVersion).toLowerCase()} to ${versionName(backTo).toLowerCase()}; the canary ends, too`}
          />
        )}
      </Stack>
    </Radio.Group>
  );
}

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** What becomes of conversations that are open now. */
function Consequence({
  conversations: { open, withAgent, writing },
  to,
}: {
  conversations: Serving['conversations'];
  to: number;
}) {
  return (
    <Text component="div" size="sm">
      <b>{versionName(to)}</b> answers from the next question on, in new conversations and in the{' '}
      {count(open - withAgent, 'one that is', 'that are')} open now; nobody has to begin anew.{' '}
      {writing > 0
        ? `${count(writing, 'answer that is', 'answers that are')} being written just now ${writing === 1 ? 'is' : 'are'} finished by the version that began ${writing === 1 ? 'it' : 'them'}. `
        : ''}
      {withAgent > 0 ? `${count(withAgent, 'conversation', 'conversations')} with a person stay as they are.` : ''}
    </Text>
  );
}

interface FollowedProps {
  done: { version: number; sinceMs: number };
  serving: Serving;
  refetch: () => void;
  close: () => void;
}

function Followed({ done, serving, refetch, close }: FollowedProps) {
  return (
    <Stack>
      <NodesFollow {...{ ...done, serving, refetch }} />
      <Group justify="flex-end">
        <Button onClick={close} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

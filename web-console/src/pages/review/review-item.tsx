// One item of the queue: what was asked and answered, why it is here, and what the agent makes of it. All of it works by keyboard.
import { Alert, Anchor, Button, Collapse, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { reviewSchema, type Draft, type Review } from '../../api/schemas/review.js';
import { ToneBadge, VersionBadge } from '../../parts/badges.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { Loaded, Waiting } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { AnswerForm } from '../answers/answer-form.js';
import { AnswerHistory } from '../answers/answer-history.js';
import { emptyDraft, REASONS, saysSomething, sentDraft, withReason, withThumb } from '../answers/draft.js';
import { useFeedback } from '../shared-reads.js';
import { beforeRelease, useLease } from './lease.js';
import { causeWords } from './words.js';

const DRAFT_PAUSE_MS = 1_500;

export interface Decided {
  review: Review;
  /** The agent wants its correction taught at once. */
  teach: boolean;
}

interface ReviewItemProps {
  review: Review;
  follows: boolean;
  decided: (decided: Decided) => void;
}

/** An item that is to be decided. */
export function OpenItem({ review, follows, decided }: ReviewItemProps) {
  const { mine, refusal } = useLease(review.id);
  return (
    <Frame review={review} follows={follows}>
      {refusal && (
        <Alert color="yellow" role="status">
          {refusal} The next one is below it in the list.
        </Alert>
      )}
      {!mine && !refusal && <Waiting words="Taking it…" />}
      {mine && <Decision review={mine} decided={decided} />}
      <SaidSoFar messageId={review.id} />
    </Frame>
  );
}

/** An item that was decided: what came of it, and the way to take that back. */
export function DecidedItem({ review, undo }: { review: Review; undo: (id: string) => void }) {
  useHotkeys([{ keys: 'u', does: 'Take this decision back', run: () => undo(review.id) }]);
  return (
    <Frame review={review}>
      <Group gap="xs">
        <Text size="sm">
          {review.state === 'submitted' ? 'Submitted' : 'Put aside'} by {review.decidedBy},{' '}
          <Moment at={review.decidedAt} />
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => undo(review.id)}>
          Undo
        </Button>
      </Group>
      <History messageId={review.id} />
    </Frame>
  );
}

interface FrameProps {
  review: Review;
  /** Another item was on the screen before. */
  follows?: boolean;
  children: ReactNode;
}

function Frame({ review, follows = false, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Whoever was writing about the item before is at the beginning of this one; whoever is elsewhere stays there.
    if (follows && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [follows]);
  return (
    <Paper component="section" withBorder radius="lg" p="lg" aria-label="The item">
      <Stack gap="md">
        <Group gap="xs">
          {review.causes.map((cause) => {
            const [words, tone] = causeWords(cause);
            return (
              <ToneBadge key={cause} tone={tone}>
                {words}
              </ToneBadge>
            );
          })}
          {review.adapterVersion !== null && <VersionBadge version={review.adapterVersion} />}
          <Anchor component={Link} to={`/conversations/${review.conversationId}`} size="sm" ml="auto">
            Whole conversation
          </Anchor>
        </Group>
        <div>
          <Text size="xs" c="dimmed">
            Asked
          </Text>
          <Title order={2} size="h4" className="said" ref={heading} tabIndex={-1}>
            {review.question ?? 'The question is gone.'}
          </Title>
        </div>
        <div>
          <Text size="xs" c="dimmed">
            Answered
          </Text>
          <Text className="said">{review.answer}</Text>
        </div>
        {children}
      </Stack>
    </Paper>
  );
}

function SaidSoFar({ messageId }: { messageId: string }) {
  const [shown, setShown] = useState(false);
  useHotkeys([{ keys: 'ArrowLeft', does: 'Show or hide what was said so far', run: () => setShown((now) => !now) }]);
  return <Collapse expanded={shown}>{shown && <History messageId={messageId} />}</Collapse>;
}

function History({ messageId }: { messageId: string }) {
  const feedback = useFeedback(messageId);
  return <Loaded of={feedback}>{(data) => <AnswerHistory feedback={data} />}</Loaded>;
}

function Decision({ review, decided }: Omit<ReviewItemProps, 'follows'>) {
  const { id, answer } = review;
  const [draft, setDraft] = useState<Draft>(() => ({
    ...emptyDraft(answer),
    ...review.draft,
    text: review.draft?.text ?? answer,
  }));
  const field = useRef<HTMLTextAreaElement>(null);
  const saving = useKeptDraft(id, draft, answer);
  const send = useWrite(
    async ({ action, body, teach = false }: { action: 'submit' | 'discard'; body: object; teach?: boolean }) => {
      saving.cancel();
      const made = await api.send('POST', `/api/v1/reviews/${id}/${action}`, body, reviewSchema);
      // Here, not when the list has been asked for again: by then this item has left the screen.
      decided({ review: made, teach });
    },
    { invalidates: ['/api/v1/reviews'] },
  );
  const ready = saysSomething(draft, answer) && !send.isPending;
  const submit = (teach: boolean) => {
    if (ready) send.mutate({ action: 'submit', body: sentDraft(draft, answer), teach });
  };
  const putAside = () => {
    if (!send.isPending) send.mutate({ action: 'discard', body: {} });
  };
  useDecisionKeys({ change: setDraft, field, submit, putAside });
  return (
    <Stack gap="md">
      <AnswerForm {...{ messageId: id, shown: answer, draft, change: setDraft, field, keys: true }} />
      <Group gap="xs">
        <Button disabled={!ready} loading={send.isPending} onClick={() => submit(false)}>
          Submit and next
        </Button>
        <Button variant="light" disabled={!ready || !isToTeach(draft, answer)} onClick={() => submit(true)}>
          Submit and teach now
        </Button>
        <Button variant="default" disabled={send.isPending} onClick={putAside}>
          Put aside
        </Button>
      </Group>
    </Stack>
  );
}

const isToTeach = (draft: Draft, shown: string) => draft.useForTraining && sentDraft(draft, shown).text !== null;

interface DecisionKeys {
  change: (change: (draft: Draft) => Draft) => void;
  field: RefObject<HTMLTextAreaElement | null>;
  submit: (teach: boolean) => void;
  putAside: () => void;
}

function useDecisionKeys({ change, field, submit, putAside }: DecisionKeys): void {
  const write = () => {
    field.current?.focus();
    field.current?.select();
  };
  useHotkeys([
    { keys: '1', does: 'Good', run: () => change((draft) => withThumb(draft, 'up')) },
    { keys: '2', does: 'Poor', run: () => change((draft) => withThumb(draft, 'down')) },
    ...Object.entries(REASONS).map(([reason, does], index) => ({
      ...{ keys: String(index + 3), does, run: () => change((draft: Draft) => withReason(draft, reason)) },
    })),
    {
      ...{ keys: '8', does: 'Use for training, or don’t' },
      run: () => change((draft) => ({ ...draft, useForTraining: !draft.useForTraining })),
    },
    { keys: '9', does: 'Put aside', run: putAside },
    { keys: 'ArrowRight', does: 'Write what the answer should have been', run: write },
    { keys: 'Escape', does: 'Leave the text', whileWriting: true, run: () => field.current?.blur() },
    { keys: 'mod+Enter', does: 'Submit and next', whileWriting: true, run: () => submit(false) },
    { keys: 'mod+shift+Enter', does: 'Submit, next, and teach it now', whileWriting: true, run: () => submit(true) },
  ]);
}

/** Keeps what is being said on the service a moment after the last change, and when one leaves: a closed laptop loses nothing. */
function useKeptDraft(id: string, draft: Draft, answer: string): { cancel: () => void } {
  const first = useRef(draft);
  const waiting = useRef<Draft>(undefined);
  const save = () => {
    const body = waiting.current && sentDraft(waiting.current, answer);
    waiting.current = undefined;
    if (body) beforeRelease(id, api.send('PUT', `/api/v1/reviews/${id}/draft`, body));
  };
  useEffect(() => {
    if (draft === first.current) return undefined;
    waiting.current = draft;
    const timer = setTimeout(save, DRAFT_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  useEffect(() => save, []);
  return { cancel: () => (waiting.current = undefined) };
}

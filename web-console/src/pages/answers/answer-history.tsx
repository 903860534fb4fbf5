// What was said about an answer so far: thumbs and corrections, each with its author and time.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { AnswerCorrection, AnswerFeedback } from '../../api/schemas/review.js';
import { ThumbBadge, ToneBadge } from '../../parts/badges.js';
import { Moment } from '../../parts/moment.js';
import { WordDiff } from '../../parts/word-diff.js';
import { reasonWords } from './draft.js';
import { TeachNow } from './teach.js';

const QUARANTINED: Record<string, string> = {
  personal_data_in_answer: 'there is personal data in it',
  change_of_direction: 'it contradicts what was said before',
};

export function AnswerHistory({ feedback }: { feedback: AnswerFeedback }) {
  const { ratings, corrections, example } = feedback;
  if (ratings.length === 0 && corrections.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nobody has said anything about this answer yet.
      </Text>
    );
  }
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label="What was said so far">
      {corrections.map((correction) => (
        <Correction key={correction.id} correction={correction} feedback={feedback} />
      ))}
      {example?.status === 'quarantined' && (
        <li>
          <ToneBadge tone="warn">Held back</ToneBadge>{' '}
          <Text span size="sm">
            Not learnt until an operator has looked at it:{' '}
            {QUARANTINED[example.quarantineReason ?? ''] ?? 'it looks odd'}.
          </Text>
        </li>
      )}
      {ratings.map((rating) => (
        <Said
          key={`${rating.raterKind} ${rating.agent}`}
          what={<ThumbBadge value={rating.value} />}
          who={rating.agent ?? 'the customer'}
          at={rating.updatedAt}
        >
          {[...rating.reasons.map(reasonWords), rating.note ?? ''].filter(Boolean).join(' · ')}
        </Said>
      ))}
    </Stack>
  );
}

function Correction({ correction, feedback }: { correction: AnswerCorrection; feedback: AnswerFeedback }) {
  const { id, agent, createdAt, text, useForTraining, counts, run } = correction;
  const { messageId, assistant, answer } = feedback;
  const withdraw = useWrite(() => api.send('DELETE', `/api/v1/corrections/${id}`), {
    ...{
      done: 'The correction is taken back.',
      invalidates: [`/api/v1/messages/${messageId}/feedback`, '/api/v1/reviews'],
    },
  });
  return (
    <Said
      what={<ToneBadge tone={counts ? 'busy' : 'plain'}>{counts ? 'Corrected' : 'Replaced'}</ToneBadge>}
      who={agent}
      at={createdAt}
    >
      <WordDiff before={answer} after={text} />
      {!useForTraining && (
        <Text size="sm" c="dimmed">
          Not for training.
        </Text>
      )}
      {counts && (
        <Group gap="xs" mt={6}>
          <TeachNow {...{ assistant, messageId, correction }} />
          {!run && (
            <Button
              size="compact-sm"
              variant="default"
              loading={withdraw.isPending}
              onClick={() => withdraw.mutate(undefined)}
            >
              Take back
            </Button>
          )}
        </Group>
      )}
    </Said>
  );
}

interface SaidProps {
  what: ReactNode;
  who: string;
  at: Date;
  children: ReactNode;
}

function Said({ what, who, at, children }: SaidProps) {
  return (
    <li>
      <Group gap="xs">
        {what}
        <Text span size="sm" c="dimmed">
          by {who}, <Moment at={at} />
        </Text>
      </Group>
      <Text size="sm" component="div" className="said">
        {children}
      </Text>
    </li>
  );
}

// The review queue: doubtful answers, the gravest first, one after the other, without the mouse.
import { Button, Grid, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useWrite } from '../../api/read.js';
import { Card } from '../../parts/card.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { Empty, Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { RunProgress, teach } from '../answers/teach.js';
import { useQueue } from './queue.js';
import { DecidedItem, OpenItem, type Decided } from './review-item.js';
import { ReviewList } from './review-list.js';

interface Taught {
  assistant: string;
  runId: string;
  question: string;
}

const TAUGHT_SHOWN_MAX = 3;

export default function ReviewPage() {
  const queue = useQueue();
  const [taught, setTaught] = useState<Taught[]>([]);
  const learn = useWrite(teach, { done: 'It is being taught.' });
  const decided = ({ review: { id, assistant, correctionId, question }, teach: now }: Decided) => {
    queue.leave(id);
    if (!now || !correctionId) return;
    const begun = (runId: string) => ({ assistant, runId, question: question ?? '' });
    learn.mutate(correctionId, {
      onSuccess: (run) => setTaught((before) => [begun(run.id), ...before].slice(0, TAUGHT_SHOWN_MAX)),
    });
  };
  useHotkeys([
    { keys: 'ArrowDown', does: 'The next item', run: () => queue.move(1) },
    { keys: 'ArrowUp', does: 'The item before', run: () => queue.move(-1) },
    ...(queue.shown === 'open'
      ? [{ keys: 'u', does: 'Take the last decision back', run: () => queue.takeBack(queue.newest) }]
      : []),
  ]);
  return (
    <Page wide title="Review" words="Answers that somebody should look at. Press ? for the keys.">
      <Filter queue={queue} />
      <Loaded of={queue.page} empty={{ when: () => queue.reviews.length === 0, say: <Nothing queue={queue} /> }}>
        {() => (
          <Grid>
            <Grid.Col span={{ base: 12, md: 4 }}>
              <ReviewList reviews={queue.reviews} chosen={queue.chosen?.id} choose={queue.choose} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 8 }}>
              <Chosen queue={queue} decided={decided} />
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
      <BeingTaught taught={taught} />
    </Page>
  );
}

type Queue = ReturnType<typeof useQueue>;

function Chosen({
  queue: { chosen, shown, hasMoved, takeBack },
  decided,
}: {
  queue: Queue;
  decided: (made: Decided) => void;
}) {
  if (!chosen) return null;
  if (shown === 'open') return <OpenItem key={chosen.id} review={chosen} follows={hasMoved} decided={decided} />;
  return <DecidedItem key={chosen.id} review={chosen} undo={takeBack} />;
}

function Filter({ queue: { page, shown, show } }: { queue: Queue }) {
  const counts = page.data?.counts;
  const words = (name: string, count?: number) => (count === undefined ? name : `${name} (${count})`);
  return (
    <SegmentedControl
      aria-label="Which items"
      value={shown}
      onChange={(next) => show(next)}
      data={[
        { value: 'open', label: words('To do', counts && counts.pending + counts.draft) },
        { value: 'submitted', label: words('Submitted', counts?.submitted) },
        { value: 'discarded', label: words('Put aside', counts?.discarded) },
      ]}
      style={{ alignSelf: 'flex-start' }}
    />
  );
}

function Nothing({ queue: { shown, newest, takeBack } }: { queue: Queue }) {
  if (shown !== 'open') return <Empty>Nothing here yet.</Empty>;
  return (
    <Stack align="center">
      <Empty>
        All done. Answers come here when they are rated poor, when their customer asks for a person, or when the
        assistant didn’t know.
      </Empty>
      {newest && (
        <Button variant="default" onClick={() => takeBack(newest)}>
          Take the last decision back
        </Button>
      )}
    </Stack>
  );
}

function BeingTaught({ taught }: { taught: Taught[] }) {
  if (taught.length === 0) return null;
  return (
    <Card title="Being taught">
      <Stack gap="md">
        {taught.map(({ assistant, runId, question }) => (
          <div key={runId}>
            <Text size="sm" fw={600}>
              {question}
            </Text>
            <RunProgress assistant={assistant} runId={runId} />
          </div>
        ))}
      </Stack>
    </Card>
  );
}

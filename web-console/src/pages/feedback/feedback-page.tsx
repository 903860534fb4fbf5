// The feedback pool: every example that intake made, what became of it, and all of it to take away.
import { Button, Group, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import { api, withQuery, type Query } from '../../api/client.js';
import { usePages } from '../../api/pages.js';
import { useWrite } from '../../api/read.js';
import { poolPageSchema, type PoolPage, type PooledExample } from '../../api/schemas/training.js';
import { Card } from '../../parts/card.js';
import { Figure } from '../../parts/figure.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { ShowMore } from '../../parts/show-more.js';
import { useAssistantBase } from '../assistant-base.js';
import { ExampleTable } from './example-table.js';
import { NO_FILTER, PoolFilters, queryOf } from './pool-filters.js';

const PAGE_ROWS = 50;

export default function FeedbackPage() {
  const { slug, base } = useAssistantBase();
  const [filter, setFilter] = useState(NO_FILTER);
  const query = queryOf(filter);
  const pool = usePages(`${base}/examples`, poolPageSchema, {
    ...{ query, live: ['example', 'run'], keep: true, limit: PAGE_ROWS, from: 'before' },
  });
  const [decision, setDecision] = useState<Decision>();
  const decide = useDecisions(base);
  const counts = pool.data?.pages[0]?.counts;
  return (
    <Page
      title="Feedback pool"
      words="What ratings and corrections became: examples that the next run learns from, and those that are held back."
      actions={<Exports path={`${base}/examples/export`} query={query} slug={slug} />}
    >
      {counts && <Counts counts={counts} />}
      <Card title="Examples">
        <PoolFilters filter={filter} change={setFilter} slices={counts?.bySlice ?? []} base={base} />
        <Loaded of={pool}>
          {({ pages }) => (
            <ExampleTable
              examples={pages.flatMap(({ examples }) => examples)}
              decide={(order, example) => setDecision(decide(order, example))}
            />
          )}
        </Loaded>
        <ShowMore of={pool} />
      </Card>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
    </Page>
  );
}

function Counts({ counts: { total, new: fresh, train, heldout, quarantined } }: { counts: PoolPage['counts'] }) {
  const figure = (name: string, value: number) => <Figure name={name} value={value.toLocaleString('en')} />;
  return (
    <Card title="In the pool">
      <SimpleGrid cols={{ base: 2, sm: 5 }}>
        {figure('All', total)}
        {figure('Not learnt yet', fresh)}
        {figure('To train on', train)}
        {figure('Held out for the gate', heldout)}
        {figure('Held back', quarantined)}
      </SimpleGrid>
    </Card>
  );
}

function useDecisions(base: string) {
  const write = useWrite(
    ({ id, order, reason }: { id: string; order: string; reason: string }) =>
      api.send('POST', `/api/v1/examples/${id}/${order}`, { reason }),
    { invalidates: [base], quiet: true },
  );
  return (order: 'release' | 'discard', { id, question }: PooledExample): Decision => {
    const carryOut = (reason: string) => write.mutateAsync({ id, order, reason });
    return order === 'release'
      ? {
          ...{ title: 'Let this example be learnt?', action: 'Release', carryOut },
          consequence: (
            <Consequence question={question} words="The next training run learns it, and it isn’t held back again." />
          ),
        }
      : {
          ...{ title: 'Discard this example?', action: 'Discard', isDanger: true, carryOut },
          consequence: (
            <Consequence question={question} words="It is never learnt, and the same content isn’t taken again." />
          ),
        };
  };
}

function Consequence({ question, words }: { question: string; words: string }) {
  return (
    <>
      <Text fs="italic">{question}</Text>
      <Text>{words}</Text>
    </>
  );
}

/** What the filters show, all of it. */
function Exports({ path, query, slug }: { path: string; query: Query; slug: string }) {
  const save = useWrite(
    (format: string) => api.download(withQuery(path, { ...query, format }), `${slug}-examples.${format}`),
    { done: 'The file is saved. Who took it is in the audit.' },
  );
  return (
    <Group gap="xs">
      {['jsonl', 'csv'].map((format) => (
        <Button key={format} variant="default" loading={save.isPending} onClick={() => save.mutate(format)}>
          Export {format.toUpperCase()}
        </Button>
      ))}
    </Group>
  );
}

// The feedback pool: every example that intake made, what became of it, and all of it to take away.
import { Button, Group, SimpleGrid, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, withQuery, type Query } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { poolPageSchema, type PoolPage, type PooledExample } from '../../api/schemas/training.js';
import { Card } from '../../parts/card.js';
import { Figure } from '../../parts/figure.js';
import { ProblemNote, Waiting } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { useAssistantBase } from '../assistant-base.js';
import { ExampleTable } from './example-table.js';
import { NO_FILTER, PoolFilters, queryOf } from './pool-filters.js';

const PAGE_ROWS = 50;

export default function FeedbackPage() {
  const { slug, base } = useAssistantBase();
  const [filter, setFilter] = useState(NO_FILTER);
  const query = queryOf(filter);
  const pool = usePool(`${base}/examples`, query);
  const [decision, setDecision] = useState<Decision>();
  const decide = useDecisions(base);
  const counts = pool.data?.pages[0]?.counts;
  const examples = pool.data?.pages.flatMap((page) => page.examples) ?? [];
  return (
    <Page
      title="Feedback pool"
      words="What ratings and corrections became: examples that the next run learns from, and those that are held back."
      actions={<Exports path={`${base}/examples/export`} query={query} slug={slug} />}
    >
      {counts && <Counts counts={counts} />}
      <Card title="Examples">
        <PoolFilters filter={filter} change={setFilter} slices={counts?.bySlice ?? []} base={base} />
        {pool.error && <ProblemNote error={pool.error} retry={() => void pool.refetch()} />}
        {pool.isPending ? (
          <Waiting />
        ) : (
          <ExampleTable examples={examples} decide={(order, example) => setDecision(decide(order, example))} />
        )}
        {pool.hasNextPage && (
          <Button
            variant="default"
            fullWidth
            mt="sm"
            loading={pool.isFetchingNextPage}
            onClick={() => void pool.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </Card>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
    </Page>
  );
}

/** Pages of the pool; asked again when examples change. */
function usePool(path: string, query: Query) {
  return useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam }) => api.get(path, poolPageSchema, { ...query, before: pageParam, limit: PAGE_ROWS }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: PoolPage) => next ?? undefined,
    meta: { live: ['example', 'run'] },
    placeholderData: (before) => before,
  });
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

// Two versions' answers to one question, side by side. Nobody knows which is whose until they have voted.
import { Button, Group, Kbd, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useRead } from '../../api/read.js';
import { comparisonListSchema, type BlindComparison, type Comparison } from '../../api/schemas/review.js';
import { VersionBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { Loaded, ProblemNote, Waiting } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { useAssistants } from '../../shell/assistant.js';
import { versionName } from '../../words.js';
import { useComparison, type VoteValue } from './comparison.js';

export default function ComparisonsPage() {
  const { chosen } = useAssistants();
  return (
    <Page wide title="Comparison" words="Which answer is better? Press ? for the keys.">
      {chosen && <Comparing key={chosen.slug} slug={chosen.slug} />}
    </Page>
  );
}

const CHOICES: [value: VoteValue, key: string, words: string][] = [
  ['a', '1', 'A is better'],
  ['b', '2', 'B is better'],
  ['both', '3', 'Both are good'],
  ['neither', '4', 'Neither is good'],
];

function Comparing({ slug }: { slug: string }) {
  const { path, next, voted, vote, takeBack, goOn, isSending } = useComparison(slug);
  useHotkeys([
    ...CHOICES.map(([value, keys, does]) => ({ keys, does, run: () => vote(value) })),
    { keys: 'ArrowLeft', does: 'A is better', run: () => vote('a') },
    { keys: 'ArrowRight', does: 'B is better', run: () => vote('b') },
    { keys: 'mod+Enter', does: 'The next comparison', run: goOn },
    { keys: 'u', does: 'Take the vote back', run: takeBack },
  ]);
  return (
    <>
      {next.isFetching && !next.data && <Waiting words="Both versions write their answers…" />}
      {next.error && !next.isFetching && <ProblemNote error={next.error} retry={() => void next.refetch()} />}
      {next.data && (
        <Stack>
          <SideBySide comparison={next.data} voted={voted} />
          {voted ? (
            <Outcome {...{ voted, takeBack, goOn, isSending }} />
          ) : (
            <Group gap="xs" role="group" aria-label="Your vote">
              {CHOICES.map(([value, key, words]) => (
                <Button key={value} variant="default" loading={isSending} onClick={() => vote(value)}>
                  {words} <Kbd ml="xs">{key}</Kbd>
                </Button>
              ))}
            </Group>
          )}
        </Stack>
      )}
      <Tallies path={path} />
    </>
  );
}

function SideBySide({ comparison: { question, a, b }, voted }: { comparison: BlindComparison; voted?: Comparison }) {
  return (
    <section aria-label="The comparison">
      <Text size="xs" c="dimmed">
        Asked
      </Text>
      <Title order={2} size="h4" mb="md" className="said">
        {question || 'The question is gone.'}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Answer name="A" text={a} version={voted?.a.version} isBetter={voted?.vote === 'a'} />
        <Answer name="B" text={b} version={voted?.b.version} isBetter={voted?.vote === 'b'} />
      </SimpleGrid>
    </section>
  );
}

interface AnswerProps {
  name: string;
  text: string;
  /** Undefined before the vote. */
  version?: number;
  isBetter: boolean;
}

function Answer({ name, text, version, isBetter }: AnswerProps) {
  return (
    <Paper withBorder radius="lg" p="md" component="article" aria-label={`Answer ${name}`}>
      <Group mb="xs" gap="xs">
        <Title order={3} size="h5">
          {name}
        </Title>
        {version !== undefined && <VersionBadge version={version} />}
        {isBetter && (
          <Text size="sm" fw={600}>
            Better
          </Text>
        )}
      </Group>
      <Text className="said">{text.trim() === '' ? '(an empty answer)' : text}</Text>
    </Paper>
  );
}

interface OutcomeProps {
  voted: Comparison;
  takeBack: () => void;
  goOn: () => void;
  isSending: boolean;
}

function Outcome({ voted: { vote, a, b }, takeBack, goOn, isSending }: OutcomeProps) {
  const better = vote === 'a' ? a : vote === 'b' ? b : undefined;
  return (
    <Group gap="sm">
      <Text role="status">
        {better
          ? `You preferred ${versionName(better.version).toLowerCase()}. It becomes an example to learn from.`
          : 'Noted. Nothing is learnt from it.'}
      </Text>
      <Button onClick={goOn}>Next</Button>
      <Button variant="default" loading={isSending} onClick={takeBack}>
        Take the vote back
      </Button>
    </Group>
  );
}

function Tallies({ path }: { path: string }) {
  const list = useRead(path, comparisonListSchema, { live: ['example'] });
  return (
    <Card title="Votes so far">
      <Loaded of={list} empty={{ when: ({ pairs }) => pairs.length === 0, say: 'Nobody has voted yet.' }}>
        {({ pairs }) => (
          <DataTable
            label="Votes so far"
            rows={pairs}
            keyOf={({ versions }) => versions.join('-')}
            columns={[
              {
                title: 'Versions',
                isHeader: true,
                cell: ({ versions }) => versions.map(versionName).join(' · '),
              },
              { title: 'Preferred', cell: ({ wins }) => wins.join(' : '), isNumber: true },
              { title: 'Both good', cell: ({ both }) => both, isNumber: true },
              { title: 'Neither', cell: ({ neither }) => neither, isNumber: true },
              { title: 'Answered alike', cell: ({ same }) => same, isNumber: true },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

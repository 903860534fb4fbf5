// A question of one's own, answered by each of the versions.
import { Button, Group, Paper, SimpleGrid, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { trialAnswersSchema } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { versionName } from '../../words.js';

const QUESTION_CHARS_MAX = 2_000;

export function AskAll({ base, versions }: { base: string; versions: number[] }) {
  const [question, setQuestion] = useState('');
  const ask = useWrite((text: string) => {
    return api.send('POST', `${base}/version-comparison/answers`, { versions, question: text }, trialAnswersSchema);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate(question.trim());
  };
  return (
    <Card title="Ask all of them">
      <form onSubmit={submit}>
        <Group align="flex-end">
          <Textarea
            {...{
              label: 'Question',
              autosize: true,
              minRows: 1,
              maxLength: QUESTION_CHARS_MAX,
              flex: 1,
              value: question,
            }}
            onChange={(event) => setQuestion(event.currentTarget.value)}
          />
          <Button type="submit" loading={ask.isPending} disabled={!question.trim()}>
            Ask
          </Button>
        </Group>
      </form>
      {ask.data && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: Math.min(versions.length, 3) }} mt="md" role="status">
          {ask.data.answers.map(({ version, text, error, ms }) => (
            <Paper key={version} withBorder radius="md" p="sm">
              <Text fw={600}>{versionName(version)}</Text>
              <Text c={error ? 'var(--bad)' : undefined} style={{ whiteSpace: 'pre-wrap' }}>
                {error ?? text}
              </Text>
              <Text size="sm" c="dimmed" className="number">
                {(ms / 1000).toFixed(1)} s
              </Text>
            </Paper>
          ))}
        </SimpleGrid>
      )}
    </Card>
  );
}

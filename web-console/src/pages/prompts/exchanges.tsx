// Questions and answers of the playground, each answer with what it was made under and what it took.
import { Group, Paper, Stack, Text } from '@mantine/core';
import { ToneBadge, VersionBadge } from '../../parts/badges.js';
import { Empty } from '../../parts/load.js';
import type { Exchange } from './use-playground.js';

export function Exchanges({ exchanges }: { exchanges: Exchange[] }) {
  if (exchanges.length === 0) return <Empty>Ask something. Later questions see the earlier ones, as in a chat.</Empty>;
  return (
    <Stack role="log" aria-label="Conversation in the playground" gap="md">
      {exchanges.map((exchange) => (
        <Stack key={exchange.id} gap={6}>
          <Paper bg="var(--busy-tint)" p="sm" radius="md" className="said" style={{ alignSelf: 'flex-end' }}>
            {exchange.question}
          </Paper>
          <Paper withBorder p="sm" radius="md" className="said">
            {exchange.text || (exchange.problem ? null : <Text c="dimmed">Writing…</Text>)}
            {exchange.problem && <Text c="var(--bad)">{exchange.problem}</Text>}
          </Paper>
          <Facts exchange={exchange} />
        </Stack>
      ))}
    </Stack>
  );
}

/** Why an answer ended, where that is worth saying. */
const ENDS: Record<string, string> = {
  length: 'cut at the longest answer',
  stopped: 'stopped',
  memory: 'a remembered correction, word for word',
};

function Facts({ exchange: { start, done } }: { exchange: Exchange }) {
  if (!start) return null;
  const isRemembered = done?.finishReason === 'memory';
  const facts = [
    !isRemembered && shotsInWords(start.shots),
    !isRemembered && start.memory.length > 0 && `${start.memory.length} from the memory`,
    done && ENDS[done.finishReason],
    done && done.promptTokens > 0 && `${done.promptTokens} tokens of prompt, ${done.completionTokens} of answer`,
    done &&
      done.firstTextMs !== null &&
      `first word after ${seconds(done.firstTextMs)}, all after ${seconds(done.latencyMs)}`,
  ];
  return (
    <Group gap="xs">
      <VersionBadge version={start.adapterVersion} />
      <ToneBadge>{start.promptVersion === null ? 'Draft' : `Prompt ${start.promptVersion}`}</ToneBadge>
      <Text size="sm" c="dimmed" className="number">
        {facts.filter(Boolean).join(' · ')}
      </Text>
    </Group>
  );
}

const shotsInWords = (shots: number) =>
  shots === 0 ? 'zero-shot' : `${shots} worked ${shots === 1 ? 'example' : 'examples'}`;

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

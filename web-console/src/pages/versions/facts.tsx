// A version in numbers: the adapter itself, and how customers found its answers.
import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { VersionDetails } from '../../api/schemas/versions.js';
import { Moment } from '../../parts/moment.js';
import { size } from '../../words.js';

export function Facts({ details }: { details: VersionDetails }) {
  const { rank, alpha, sizeBytes, sha256, baseSha256, createdAt, usage, erasedExamples } = details;
  const rated = usage.up + usage.down;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      <Fact name="Made">
        <Moment at={createdAt} />
      </Fact>
      <Fact name="Adapter">
        rank {rank}, alpha {alpha}, {size(sizeBytes)}
      </Fact>
      <Fact name="With customers, last 30 days">
        {usage.answers === 0
          ? 'no answers'
          : `${usage.answers} answers, ${rated === 0 ? 'not rated' : `👍 ${Math.round((100 * usage.up) / rated)} % of ${rated}`}, ${usage.corrected} corrected`}
      </Fact>
      <Fact name="SHA-256 of the adapter">
        <Hash value={sha256} />
      </Fact>
      <Fact name="SHA-256 of the base model">
        <Hash value={baseSha256} />
      </Fact>
      {erasedExamples > 0 && (
        <Fact name="Erased customers">
          {erasedExamples} of its examples were erased since; training anew takes them out.
        </Fact>
      )}
    </SimpleGrid>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Paper withBorder radius="md" p="sm">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="div" className="number">
        {children}
      </Text>
    </Paper>
  );
}

const Hash = ({ value }: { value: string }) => (
  <Text span ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }}>
    {value}
  </Text>
);

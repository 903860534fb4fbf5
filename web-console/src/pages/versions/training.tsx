// How a version was trained: the run, its hyper-parameters with their reasons, and what it cost.
import { Anchor, List, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import * as z from 'zod/mini';
import type { VersionRun } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Moment } from '../../parts/moment.js';
import { assistantPath } from '../../shell/navigation.js';
import { duration } from '../../words.js';

const number = z.nullish(z.number());
const resultSchema = z.object({
  ...{ steps: number, tokens: number, firstLoss: number, lastLoss: number, peakMemoryMb: number },
  plan: z.nullish(
    z.object({ epochs: number, learningRate: number, examplesPerStep: number, why: z.array(z.string()) }),
  ),
});
const costSchema = z.object({
  ...{ tokens: number, seconds: number, energyWh: number, money: number, pricePerHour: number, peakMemoryMb: number },
  ...{ device: z.nullish(z.string()), currency: z.nullish(z.string()), energyAssumption: z.nullish(z.string()) },
});

export function Training({ run, slug }: { run: VersionRun; slug: string }) {
  const { data: result } = z.safeParse(resultSchema, run.result ?? {});
  const plan = result?.plan;
  const settings = { ...run.settings, ...(plan && { ...plan, why: undefined }) };
  const rows = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
  return (
    <Card
      title="Training"
      actions={
        <Anchor component={Link} to={assistantPath(slug, `training/${run.id}`)}>
          The run
        </Anchor>
      }
    >
      <Stack gap="md">
        <Text>
          {run.mode === 'micro' ? 'A short run that taught one correction' : 'A full run'}, asked for by{' '}
          {run.requestedBy ?? 'the schedule'}, finished <Moment at={run.finishedAt} />.
        </Text>
        {plan && plan.why.length > 0 && (
          <List size="sm" spacing={4}>
            {plan.why.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        )}
        <DataTable
          label="Hyper-parameters and budget"
          rows={rows}
          keyOf={([name]) => name}
          columns={[
            { title: 'Setting', isHeader: true, cell: ([name]) => spoken(name) },
            { title: 'Value', isNumber: true, cell: ([, value]) => String(value) },
          ]}
        />
        <Cost cost={run.cost} />
      </Stack>
    </Card>
  );
}

/** `learningRate` as people say it. */
const spoken = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function Cost({ cost }: { cost: VersionRun['cost'] }) {
  const { data } = z.safeParse(costSchema, cost ?? {});
  if (!cost || !data) return <Text c="dimmed">What it cost was not recorded.</Text>;
  const { tokens, seconds, device, peakMemoryMb, energyWh, money, currency, pricePerHour, energyAssumption } = data;
  const parts = [
    typeof seconds === 'number' && `${duration(seconds)} of work${device ? ` on ${device}` : ''}`,
    typeof tokens === 'number' && `${tokens.toLocaleString('en')} tokens learnt from`,
    typeof peakMemoryMb === 'number' && `at most ${peakMemoryMb.toLocaleString('en')} MiB of memory`,
    typeof energyWh === 'number' && `about ${energyWh} Wh`,
    typeof money === 'number' && (pricePerHour ?? 0) > 0 && `${money} ${currency ?? ''}`,
  ].filter(Boolean);
  return (
    <Text>
      <b>Cost:</b> {parts.join(', ')}.{' '}
      {energyAssumption && (
        <Text span c="dimmed" size="sm">
          Energy is estimated: {energyAssumption}.
        </Text>
      )}
    </Text>
  );
}

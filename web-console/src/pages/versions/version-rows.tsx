// What lists of versions share: their rows, the base model last, and what the gate said of each.
import { Stack } from '@mantine/core';
import type { AdapterVersion } from '../../api/schemas/assistants.js';
import { StateBadge } from '../../parts/badges.js';
import { withoutVerdict } from '../../words.js';

/** Newest first. Version 0 is the base model; it has no row of its own in the service. */
export const withBase = (versions: AdapterVersion[], champion: number): AdapterVersion[] => [
  ...versions.filter(({ version }) => version !== 0).sort((a, b) => b.version - a.version),
  { version: 0, status: champion === 0 ? 'champion' : 'retired' },
];

export function GateCell({ each: { version, gateReport } }: { each: AdapterVersion }) {
  if (version === 0) return <>The model as it was made, without an adapter.</>;
  if (!gateReport?.verdict) return <>{gateReport?.summary ?? 'No gate report.'}</>;
  return (
    <Stack gap={4} align="flex-start" maw={460}>
      <StateBadge state={gateReport.verdict} />
      <span>{withoutVerdict(gateReport.summary ?? '', gateReport.verdict)}</span>
    </Stack>
  );
}

// Two to five versions side by side: what each lost and won, what each answered, and what each says to a question of one's own.
import { MultiSelect, Stack, Text } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useRead } from '../../api/read.js';
import { versionComparisonSchema } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { Empty, Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { useVersions } from '../shared-reads.js';
import { AskAll } from './ask-all.js';
import { ComparedAnswers } from './compared-answers.js';
import { ComparedVersions } from './compared-versions.js';
import { Deltas } from './deltas.js';

const COMPARED_MAX = 5;

export default function ComparePage() {
  const { slug, base } = useAssistantBase();
  const [search, setSearch] = useSearchParams();
  const listed = useVersions(base);
  const chosen = (search.get('versions') ?? '').split(',').filter((text) => /^\d{1,10}$/.test(text));
  const isEnough = chosen.length >= 2 && chosen.length <= COMPARED_MAX;
  const comparison = useRead(`${base}/version-comparison`, versionComparisonSchema, {
    ...{ query: { versions: chosen.join(',') }, enabled: isEnough, keep: true },
  });
  const options = [...(listed.data?.versions ?? []).map(({ version }) => version), 0].map((version) => ({
    ...{ value: String(version), label: versionName(version) },
  }));
  const versions = chosen.map(Number);
  return (
    <Page title="Compare versions" words="The others are held against the first one. What got worse comes first.">
      <MultiSelect
        label="Versions"
        description="Two to five; the first is what the others are compared with."
        {...{ data: options, value: chosen, searchable: true, clearable: true, hidePickedOptions: true }}
        {...{ maxValues: COMPARED_MAX, maw: 620, clearButtonProps: { 'aria-label': 'Choose none' } }}
        onChange={(values) => setSearch(values.length > 0 ? { versions: values.join(',') } : {}, { replace: true })}
      />
      {!isEnough && <Empty>Choose at least two versions.</Empty>}
      {isEnough && (
        <Loaded of={comparison}>
          {(data) => (
            <Stack gap="lg">
              <ComparedVersions versions={data.versions} slug={slug} />
              <Card title="Differences, the worst first">
                <Text size="sm" c="dimmed" mb="sm">
                  On held-out questions that both were asked, against {versionName(versions[0] ?? 0).toLowerCase()}.
                </Text>
                <Deltas deltas={data.deltas} />
              </Card>
              <AskAll base={base} versions={versions} />
              <Card title="The same questions">
                <ComparedAnswers items={data.items} versions={versions} />
              </Card>
            </Stack>
          )}
        </Loaded>
      )}
    </Page>
  );
}

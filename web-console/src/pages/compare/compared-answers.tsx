// The same questions, answered by each version: what was lost first.
import type { ComparedItem } from '../../api/schemas/versions.js';
import { ToneBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { versionName } from '../../words.js';

const SHOWN_FIRST = 20;

export function ComparedAnswers({ items, versions }: { items: ComparedItem[]; versions: number[] }) {
  return (
    <DataTable
      label="Questions with each version’s answer"
      rows={items}
      rowsFirst={SHOWN_FIRST}
      keyOf={({ id }) => id}
      empty="Their gate reports share no question."
      columns={[
        { title: 'Question', isHeader: true, cell: ({ question }) => question },
        { title: 'Expected', cell: ({ expected }) => expected },
        ...versions.map((version) => ({
          title: versionName(version),
          cell: (item: ComparedItem) => <Given item={item} version={version} />,
        })),
      ]}
    />
  );
}

function Given({ item: { answers }, version }: { item: ComparedItem; version: number }) {
  const given = answers.find((each) => each.version === version);
  if (!given) return <>not asked</>;
  return (
    <>
      <ToneBadge tone={given.right ? 'good' : 'bad'}>{given.right ? 'Right' : 'Wrong'}</ToneBadge> {given.answer}
    </>
  );
}

// Questions whose answer changed from one version to the next, with what was expected.
import type { ChangedItem } from '../../api/schemas/training.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';

export function ChangedItems({ title, items, empty }: { title: string; items: ChangedItem[]; empty: string }) {
  return (
    <Card title={`${title}: ${items.length}`}>
      <DataTable
        label={`${title}, question by question`}
        rows={items.map((item, index) => ({ ...item, index }))}
        keyOf={({ index }) => index}
        empty={empty}
        columns={[
          { title: 'Question', isHeader: true, cell: ({ question }) => question },
          { title: 'Topic', cell: ({ slice }) => slice },
          { title: 'Before', cell: ({ before }) => before },
          { title: 'After', cell: ({ after }) => after },
          { title: 'Expected', cell: ({ expected }) => expected },
        ]}
      />
    </Card>
  );
}

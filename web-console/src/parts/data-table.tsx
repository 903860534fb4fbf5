// A table of rows; where the screen is too narrow it scrolls, also by keyboard.
import { Button, ScrollArea, Table } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Empty } from './load.js';

export interface Column<T> {
  title: string;
  /** The title is for screen readers only: a column of buttons. */
  isTitleHidden?: boolean;
  cell: (row: T) => ReactNode;
  /** Numbers stand below each other. */
  isNumber?: boolean;
  /** Names the row. */
  isHeader?: boolean;
}

interface DataTableProps<T> {
  /** What the table shows. */
  label: string;
  rows: readonly T[];
  /** Shown before somebody wants all of them. */
  rowsFirst?: number;
  columns: Column<T>[];
  keyOf: (row: T) => string | number;
  empty?: ReactNode;
}

export function DataTable<T>({ rows, rowsFirst = Infinity, empty = 'Nothing here yet.', ...shown }: DataTableProps<T>) {
  const [isWhole, setWhole] = useState(false);
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <>
      <Rows {...shown} rows={isWhole ? rows : rows.slice(0, rowsFirst)} />
      {rows.length > rowsFirst && (
        <Button variant="default" size="compact-sm" mt="sm" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `All ${rows.length}`}
        </Button>
      )}
    </>
  );
}

function Rows<T>({ label, rows, columns, keyOf }: Omit<DataTableProps<T>, 'rowsFirst' | 'empty'>) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': label }}>
      <Table highlightOnHover aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, isTitleHidden, isNumber }) => (
              <Table.Th key={title} scope="col" ta={isNumber ? 'right' : undefined}>
                {isTitleHidden ? <span className="visually-hidden">{title}</span> : title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Cell<T>({ column: { cell, isNumber, isHeader }, row }: { column: Column<T>; row: T }) {
  const look = isNumber ? ({ ta: 'right', className: 'number' } as const) : {};
  if (isHeader) {
    return (
      <Table.Th scope="row" fw={600} {...look}>
        {cell(row)}
      </Table.Th>
    );
  }
  return <Table.Td {...look}>{cell(row)}</Table.Td>;
}

// The tables of docs/chat-protocol.md, made from the schemas that the gateway parses and sends by, so that they can't be out of date.
import { z } from 'zod';
import { handshakeSchema } from './chat.schema.js';
import type { ClientEvent } from './client-events.js';
import {
  contractErrorSchema,
  deltaSchema,
  doneSchema,
  handoverSchema,
  historyEntrySchema,
  messageErrorSchema,
  queueSchema,
  sessionSchema,
  typingSchema,
} from './server-events.schema.js';

const START = '<!-- protocol:start -->';
const END = '<!-- protocol:end -->';

/** What a server says by itself. */
const SERVER_EVENTS: Record<string, z.ZodType> = {
  session: sessionSchema,
  handover: handoverSchema,
  queue: queueSchema,
  'message:delta': deltaSchema,
  'message:done': doneSchema,
  'message:error': messageErrorSchema,
  typing: typingSchema,
};

/** As much of JSON Schema as the contract's messages need. */
interface Shape {
  /** Has a table of its own under this name. */
  title?: string;
  type?: string | string[];
  format?: string;
  enum?: string[];
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  description?: string;
}

/** All tables, as Markdown. */
export function protocolTables(clientEvents: ReadonlyMap<string, Pick<ClientEvent, 'schema' | 'answer'>>): string {
  return [
    '### Handshake (`auth`)',
    fields(shapeOf(handshakeSchema, 'input')),
    '### Client → server',
    '| event | payload | ack, beside `ok` |\n|---|---|---|',
    ...[...clientEvents].map(
      ([name, { schema, answer }]) =>
        `| \`${name}\` | ${oneLine(shapeOf(schema, 'input'))} | ${oneLine(shapeOf(answer, 'output'))} |`,
    ),
    '### Server → client',
    ...Object.entries(SERVER_EVENTS).flatMap(([name, schema]) => [
      `#### \`${name}\``,
      fields(shapeOf(schema, 'output')),
    ]),
    '### `HistoryEntry`',
    fields(shapeOf(historyEntrySchema, 'output')),
    '### An error',
    fields(shapeOf(contractErrorSchema, 'output')),
  ]
    .join('\n\n')
    .replaceAll(/(\|[^\n]*\|)\n\n(?=\|)/g, '$1\n');
}

/** The document with the tables between its two marks. @throws Error when a mark is missing */
export function withProtocolTables(document: string, tables: string): string {
  const [before, rest] = document.split(START);
  const [, after] = (rest ?? '').split(END);
  if (before === undefined || after === undefined) throw new Error(`The document needs ${START} and ${END}.`);
  return `${before}${START}\n\n${tables}\n\n${END}${after}`;
}

function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shape {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Shape;
}

function fields({ properties = {}, required = [] }: Shape): string {
  const rows = Object.entries(properties).map(([name, shape]) => {
    const shown = required.includes(name) ? `\`${name}\`` : `\`${name}\`?`;
    return `| ${shown} | ${typeOf(shape)} | ${(shape.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return ['| field | type | |', '|---|---|---|', ...rows].join('\n');
}

function oneLine({ properties = {}, required = [] }: Shape): string {
  const parts = Object.entries(properties).map(
    ([name, shape]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(shape)}`,
  );
  return parts.length === 0 ? '–' : `{ ${parts.join(', ')} }`;
}

function typeOf(shape: Shape): string {
  if (shape.title) return `\`${shape.title}\``;
  if (shape.anyOf) return shape.anyOf.map(typeOf).join(' \\| ');
  if (shape.enum) return shape.enum.map((value) => `'${value}'`).join(' \\| ');
  if (shape.items) return /[|{]/.test(typeOf(shape.items)) ? `(${typeOf(shape.items)})[]` : `${typeOf(shape.items)}[]`;
  if (shape.properties) return oneLine(shape);
  return shape.format ?? [shape.type ?? 'any'].flat().join(' \\| ');
}

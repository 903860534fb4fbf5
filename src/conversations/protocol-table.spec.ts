// Holds that docs/chat-protocol.md says what the gateway does: the tables are the schemas', and no code is missing.
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { clientEventTable } from './client-events.js';
import { CONVERSATIONS_ERROR_CODES } from './conversations-error.js';
import { protocolTables, withProtocolTables } from './protocol-table.js';

const document = readFileSync('docs/chat-protocol.md', 'utf8');
/** Codes of other modules that clients of the chat may get. */
const OTHERS = [
  ...[
    'site.origin_refused',
    'identity.invalid',
    'identity.expired',
    'rate.limited',
    'database.unavailable',
    'internal',
  ],
  ...['feedback.message_unknown', 'feedback.foreign_message', 'feedback.not_an_answer', 'feedback.not_finished'],
  ...['engine.busy', 'engine.failed', 'engine.prompt_too_long', 'engine.closed'],
];

describe('docs/chat-protocol.md', () => {
  it('has the tables of the schemas (npm run docs:protocol writes them)', () => {
    expect(withProtocolTables(document, protocolTables(clientEventTable({})))).toBe(document);
  });

  it.each([...CONVERSATIONS_ERROR_CODES, ...OTHERS])('says what %s means', (code) => {
    expect(document).toContain(`| \`${code}\` |`);
  });
});

// `npm run docs:protocol`: writes the tables of docs/chat-protocol.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { clientEventTable } from './client-events.js';
import { protocolTables, withProtocolTables } from './protocol-table.js';

const DOCUMENT = 'docs/chat-protocol.md';

writeFileSync(DOCUMENT, withProtocolTables(readFileSync(DOCUMENT, 'utf8'), protocolTables(clientEventTable({}))));

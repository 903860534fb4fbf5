// The static bearer tokens of machines, one for agents' work and one for operators': from the environment, else made at first start and kept in the data folder.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Environment } from '../config/environment.js';
import { AccessError } from './access-error.js';

/** What the two static tokens are for, for all assistants. */
type TokenRole = 'agent' | 'operator';

const TOKEN_BYTES = 24;
const tokensSchema = z.object({ agent: z.string().min(16), operator: z.string().min(16) });

/** The tokens in use and where people find them. An abstract class, so that it is its own injection token. */
export abstract class AccessTokens {
  abstract readonly agent: string;
  abstract readonly operator: string;
  /** The file they are kept in; undefined when both come from the environment. */
  abstract readonly file: string | undefined;
}

/**
 * Loads the tokens, making `<dataDir>/tokens.json` (mode 0600) at first start.
 * @throws AccessError `access.tokens_unreadable` when the file is damaged or can't be written
 */
export async function loadTokens(
  { AGENT_TOKEN, OPERATOR_TOKEN }: Pick<Environment, 'AGENT_TOKEN' | 'OPERATOR_TOKEN'>,
  dataDir: string,
): Promise<AccessTokens> {
  if (AGENT_TOKEN && OPERATOR_TOKEN) {
    return distinct({ agent: AGENT_TOKEN, operator: OPERATOR_TOKEN, file: undefined });
  }
  const file = join(dataDir, 'tokens.json');
  const kept = (await readTokens(file)) ?? (await makeTokens(file));
  return distinct({ agent: AGENT_TOKEN ?? kept.agent, operator: OPERATOR_TOKEN ?? kept.operator, file });
}

/** The role that a token proves, compared in constant time; undefined for an unknown one. */
export function roleOf(presented: string, tokens: AccessTokens): TokenRole | undefined {
  // Both are always compared, so that timing tells nothing about which one nearly matched.
  const isOperator = isSame(presented, tokens.operator);
  const isAgent = isSame(presented, tokens.agent);
  if (isOperator) return 'operator';
  return isAgent ? 'agent' : undefined;
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function distinct(tokens: AccessTokens): AccessTokens {
  if (tokens.agent !== tokens.operator) return tokens;
  throw new AccessError('access.tokens_unreadable', 'AGENT_TOKEN and OPERATOR_TOKEN must differ.', 'invalid');
}

async function readTokens(file: string): Promise<z.infer<typeof tokensSchema> | undefined> {
  try {
    return tokensSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, 'is not readable; delete it and new tokens are made', error);
  }
}

async function makeTokens(file: string): Promise<z.infer<typeof tokensSchema>> {
  const made = { agent: newToken('agent'), operator: newToken('operator') };
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    // A link is made whole or not at all: of two nodes on one folder that start together, the second reads what the first wrote.
    await link(draft, file).finally(() => rm(draft));
    return made;
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readTokens(file) : undefined;
    if (other) return other;
    throw unusable(file, 'could not be written', error);
  }
}

function newToken(role: TokenRole): string {
  return `${role}-${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

function unusable(file: string, what: string, cause: unknown): AccessError {
  return new AccessError('access.tokens_unreadable', `The file of access tokens, ${file}, ${what}.`, 'unavailable', {
    cause,
  });
}

// What stands in the navigation, for whom. A new page: one line here, one in routes.tsx.
import type { Role } from '../api/schemas/access.js';
import type { Session } from '../session/session.js';

export interface Item {
  words: string;
  /** Below /console; for a page of an assistant, below /console/a/:slug. */
  path: string;
  /** `any`: the role for any assistant is enough; `all`: for all assistants. */
  needs: { role: Role; of: 'any' | 'all' } | 'nothing';
}

/** Work that comes from all of one's assistants. */
export const WORK: Item[] = [
  { words: 'Inbox', path: 'inbox', needs: { role: 'agent', of: 'any' } },
  { words: 'Review', path: 'review', needs: { role: 'agent', of: 'any' } },
  { words: 'Comparison', path: 'comparisons', needs: { role: 'agent', of: 'any' } },
];

/** Pages of the assistant that is chosen. */
export const OF_ASSISTANT: (Item & { needs: { role: Role; of: 'any' } })[] = [
  { words: 'Overview', path: 'overview', needs: { role: 'operator', of: 'any' } },
  { words: 'Timeline', path: 'timeline', needs: { role: 'operator', of: 'any' } },
  { words: 'Versions', path: 'versions', needs: { role: 'operator', of: 'any' } },
  { words: 'Compare', path: 'compare', needs: { role: 'operator', of: 'any' } },
  { words: 'Rollouts', path: 'rollouts', needs: { role: 'operator', of: 'any' } },
  { words: 'Training', path: 'training', needs: { role: 'agent', of: 'any' } },
  { words: 'Feedback pool', path: 'feedback', needs: { role: 'operator', of: 'any' } },
  { words: 'Prompt versions', path: 'prompts', needs: { role: 'operator', of: 'any' } },
  { words: 'Playground', path: 'playground', needs: { role: 'operator', of: 'any' } },
  { words: 'Gate canaries', path: 'gate-canaries', needs: { role: 'operator', of: 'any' } },
  { words: 'Widget', path: 'widget', needs: { role: 'operator', of: 'any' } },
];

/** The service as a whole. */
export const OF_SERVICE: Item[] = [
  { words: 'Health', path: 'health', needs: { role: 'operator', of: 'any' } },
  { words: 'Audit', path: 'audit', needs: { role: 'operator', of: 'any' } },
  { words: 'Users', path: 'users', needs: { role: 'admin', of: 'all' } },
  { words: 'API keys', path: 'api-keys', needs: { role: 'admin', of: 'all' } },
  { words: 'My account', path: 'account', needs: 'nothing' },
];

type May = Pick<Session, 'may' | 'mayAnywhere'>;

/** Whether somebody sees a page. */
export function sees({ needs }: Item, { may, mayAnywhere }: May): boolean {
  if (needs === 'nothing') return true;
  return needs.of === 'all' ? may(needs.role, null) : mayAnywhere(needs.role);
}

/** The pages of an assistant that somebody sees. */
export const seenOf = (slug: string, { may }: May): Item[] => OF_ASSISTANT.filter(({ needs }) => may(needs.role, slug));

export const assistantPath = (slug: string, path: string): string => `/a/${encodeURIComponent(slug)}/${path}`;

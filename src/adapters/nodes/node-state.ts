// Whether a node serves what the registry says. Pure.
import type { ServiceNode } from '../../database/entities/service-node.entity.js';

/** How often a node says that it lives. */
export const REPORT_EVERY_MS = 5_000;
const MISSED_MAX = 3;
/** Three reports missed. Whoever can't reach the database answers nobody either. */
export const SILENT_AFTER_MS = MISSED_MAX * REPORT_EVERY_MS;

/**
 * `confirmed`: it serves the champion. `behind`: it serves another version still. `silent`: nothing was heard of it lately.
 */
export type NodeState = 'confirmed' | 'behind' | 'silent';

export interface NodeServing {
  id: string;
  name: string;
  /** The version that it says it serves; 0 is the base model. */
  version: number;
  state: NodeState;
  seenAt: Date;
}

/** What a node says about one assistant, held against its champion. */
export function nodeServing(
  { id, name, serving, seenAt }: Pick<ServiceNode, 'id' | 'name' | 'serving' | 'seenAt'>,
  assistantId: string,
  champion: number,
  now: Date,
): NodeServing {
  const version = serving[assistantId] ?? 0;
  const silent = now.getTime() - seenAt.getTime() > SILENT_AFTER_MS;
  const state = silent ? 'silent' : version === champion ? 'confirmed' : 'behind';
  return { id, name, version, state, seenAt };
}

/** Whether every node that is heard of serves the champion; false where none is. */
export const allConfirmed = (nodes: readonly NodeServing[]): boolean =>
  nodes.some(({ state }) => state === 'confirmed') && !nodes.some(({ state }) => state === 'behind');

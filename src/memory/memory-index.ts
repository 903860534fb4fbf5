// The active entries on this node, by assistant, with their vectors: what is asked is compared with all of them, which takes
// 1.2 µs each. Entries retire, so they stay few; the newest 50,000 are held in any case (77 MB).
import { Injectable } from '@nestjs/common';
import { EMBEDDING_LENGTH } from '../embedding/embedder.js';
import type { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import type { AskedVectors } from './asked.js';

export const ENTRIES_MAX = 50_000;

/** An entry as it is searched and served. */
export interface IndexedEntry {
  id: string;
  assistantId: string;
  text: { question: string; answer: string };
  createdAtMs: number;
  question: Float32Array;
  context: Float32Array | undefined;
}

@Injectable()
export class MemoryIndex {
  private readonly byId = new Map<string, IndexedEntry & AskedVectors>();
  private readonly byAssistant = new Map<string, Set<IndexedEntry & AskedVectors>>();

  /** Adds or replaces an entry; over the bound the oldest one goes. */
  set(entry: IndexedEntry): void {
    this.remove(entry.id);
    this.byId.set(entry.id, entry);
    const own = this.byAssistant.get(entry.assistantId) ?? new Set();
    this.byAssistant.set(entry.assistantId, own.add(entry));
    if (this.byId.size > ENTRIES_MAX) this.remove(this.oldest());
  }

  remove(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    this.byId.delete(id);
    this.byAssistant.get(entry.assistantId)?.delete(entry);
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  ids(): string[] {
    return [...this.byId.keys()];
  }

  of(assistantId: string): ReadonlySet<IndexedEntry> {
    return this.byAssistant.get(assistantId) ?? new Set();
  }

  private oldest(): string {
    let oldest: IndexedEntry | undefined;
    for (const entry of this.byId.values()) if (!oldest || entry.createdAtMs < oldest.createdAtMs) oldest = entry;
    return oldest?.id ?? '';
  }
}

/** A row as it is searched. */
export function indexed(row: MemoryEntry): IndexedEntry {
  const { id, assistantId, question, answer, createdAt, embedding, contextEmbedding } = row;
  return {
    ...{ id, assistantId, text: { question, answer }, createdAtMs: createdAt.getTime() },
    question: fromBytes(embedding),
    context: contextEmbedding ? fromBytes(contextEmbedding) : undefined,
  };
}

/** Float32, little-endian, as every machine that we run on has it. */
export function toBytes(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

function fromBytes(bytes: Buffer): Float32Array {
  const vector = new Float32Array(EMBEDDING_LENGTH);
  toBytes(vector).set(bytes);
  return vector;
}

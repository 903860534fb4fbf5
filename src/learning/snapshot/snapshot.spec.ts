// A snapshot is what a run can be repeated from: unchanged, or refused; and older files stay readable.
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSnapshot, writeSnapshot, type SnapshotItem } from './snapshot.js';

const runId = '3f0d5c1e-6d0e-4a57-9f0c-0a8f6c3f9b11';
const item: SnapshotItem = {
  id: 'a',
  split: 'train',
  group: 'new',
  slice: 'card_arrival',
  prompt: [{ role: 'user', content: 'Wo ist "meine" Karte?\nDanke – Zoë' }],
  completion: 'Call desk seven.',
  weight: 0.2,
  distil: false,
  kind: 'sft',
  rejected: null,
  desirable: null,
};
const pair: SnapshotItem = { ...item, id: 'pair', kind: 'preference', rejected: 'Call desk six.' };

describe('snapshot', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'retune-snapshot-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads back what was written, with a hash that depends on the content alone', () => {
    const path = join(folder, 'runs', 'one', 'snapshot.jsonl');
    const snapshot = {
      runId,
      seed: 0,
      items: [item, pair, { ...item, id: 'b', kind: 'binary' as const, desirable: false }],
    };
    const hash = writeSnapshot(path, snapshot);
    expect(readSnapshot(path, hash)).toEqual(snapshot);
    expect(writeSnapshot(join(folder, 'again.jsonl'), snapshot)).toBe(hash);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5);
  });

  it('refuses a changed or missing file', () => {
    const path = join(folder, 'snapshot.jsonl');
    const hash = writeSnapshot(path, { runId, seed: 1, items: [item] });
    chmodSync(path, 0o644);
    writeFileSync(path, readFileSync(path, 'utf8').replace('seven', 'eight'));
    expect(() => readSnapshot(path, hash)).toThrow(expect.objectContaining({ code: 'learning.snapshot_damaged' }));
    expect(() => readSnapshot(join(folder, 'none.jsonl'), hash)).toThrow("can't be read");
  });

  it('reads files of the first format, whose lines have no kind: they are SFT', () => {
    const { kind: _, rejected: __, desirable: ___, ...line } = item;
    const text = [{ retuneSnapshot: 1, runId, seed: 3 }, line].map((part) => `${JSON.stringify(part)}\n`).join('');
    const path = join(folder, 'old.jsonl');
    writeFileSync(path, text);
    const hash = createHash('sha256').update(text).digest('hex');
    expect(readSnapshot(path, hash)).toEqual({ runId, seed: 3, items: [item] });
  });

  it.each([
    ['a pair without the other answer', { ...pair, rejected: null }],
    ['an SFT line with a second answer', { ...item, rejected: 'Call desk six.' }],
    ['a rated answer without its rating', { ...item, kind: 'binary' as const }],
  ])('refuses %s', (_, wrong) => {
    const path = join(folder, 'wrong.jsonl');
    const hash = writeSnapshot(path, { runId, seed: 0, items: [wrong] });
    expect(() => readSnapshot(path, hash)).toThrow('is not a snapshot');
  });

  it('says in a sentence when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeSnapshot(join(folder, 'file', 'snapshot.jsonl'), { runId, seed: 0, items: [item] })).toThrow(
      expect.objectContaining({ code: 'learning.snapshot_not_written' }),
    );
  });
});

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
};

describe('snapshot', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'retune-snapshot-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads back what was written, with a hash that depends on the content alone', () => {
    const path = join(folder, 'runs', 'one', 'snapshot.jsonl');
    const snapshot = { runId, seed: 0, items: [item, { ...item, id: 'b' }] };
    const hash = writeSnapshot(path, snapshot);
    expect(readSnapshot(path, hash)).toEqual(snapshot);
    expect(writeSnapshot(join(folder, 'again.jsonl'), snapshot)).toBe(hash);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  });

  it('refuses a changed or missing file', () => {
    const path = join(folder, 'snapshot.jsonl');
    const hash = writeSnapshot(path, { runId, seed: 1, items: [item] });
    chmodSync(path, 0o644);
    writeFileSync(path, readFileSync(path, 'utf8').replace('seven', 'eight'));
    expect(() => readSnapshot(path, hash)).toThrow(expect.objectContaining({ code: 'learning.snapshot_damaged' }));
    expect(() => readSnapshot(join(folder, 'none.jsonl'), hash)).toThrow("can't be read");
  });

  it('says in a sentence when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeSnapshot(join(folder, 'file', 'snapshot.jsonl'), { runId, seed: 0, items: [item] })).toThrow(
      expect.objectContaining({ code: 'learning.snapshot_not_written' }),
    );
  });
});

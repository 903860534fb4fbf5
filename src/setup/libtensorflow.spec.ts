import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNvidiaGpu, isLibtensorflowAvailable, isLibtensorflowComplete } from './libtensorflow.js';

describe('libtensorflow', () => {
  it('is complete only with both libraries in full size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'retune-libtensorflow-'));
    try {
      await writeFile(join(folder, 'libtensorflow_cc.so.2'), 'cc library');
      await writeFile(join(folder, 'libtensorflow_framework.so.2'), 'framework');
      expect(isLibtensorflowComplete(folder)).toBe(false);
      const sizes = { 'libtensorflow_cc.so.2': 10, 'libtensorflow_framework.so.2': 9 };
      await writeFile(join(folder, 'complete.json'), JSON.stringify({ sizes }));
      expect(isLibtensorflowComplete(folder)).toBe(true);
      await truncate(join(folder, 'libtensorflow_cc.so.2'), 4);
      expect(isLibtensorflowComplete(folder)).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('exists for Linux on the usual processors', () => {
    expect(isLibtensorflowAvailable('cpu', 'linux', 'x64')).toBe(true);
    expect(isLibtensorflowAvailable('cpu', 'linux', 'arm64')).toBe(true);
    expect(isLibtensorflowAvailable('gpu', 'linux', 'arm64')).toBe(false);
    expect(isLibtensorflowAvailable('cpu', 'darwin', 'arm64')).toBe(false);
  });

  it('sees an NVIDIA GPU unless it is hidden', () => {
    const exists = ((path: string) => path === '/dev/nvidia0') as typeof import('node:fs').existsSync;
    expect(hasNvidiaGpu({}, exists)).toBe(true);
    expect(hasNvidiaGpu({ CUDA_VISIBLE_DEVICES: '0' }, exists)).toBe(true);
    expect(hasNvidiaGpu({ CUDA_VISIBLE_DEVICES: '' }, exists)).toBe(false);
    expect(hasNvidiaGpu({ CUDA_VISIBLE_DEVICES: '-1' }, exists)).toBe(false);
    expect(hasNvidiaGpu({}, () => false)).toBe(false);
  });
});

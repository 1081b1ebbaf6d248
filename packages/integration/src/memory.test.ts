import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a document of 100 MB is taken in by a process whose heap is smaller than it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-memory-'));
  const script = fileURLToPath(new URL('./memory.child.ts', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--max-old-space-size=64', '--import', 'tsx', script, directory, '100'],
      { timeout: 110_000 },
    );
    const { records, peak } = JSON.parse(stdout) as { records: number; peak: number };
    expect(records).toBe(100 * 1024);
    expect(peak).toBeLessThan(96 * 1024 * 1024);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

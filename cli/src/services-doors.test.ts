import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { domainIntake } from './services-doors.ts';

it('offers nothing again once it is told to stop, however patient it is', async () => {
  const nobody = await mkdtemp(join(tmpdir(), 'takt-'));
  onTestFinished(() => rm(nobody, { recursive: true }));
  const stopped = new AbortController();
  const offered = domainIntake(nobody, 600_000, stopped.signal).receive([]);
  stopped.abort();
  await expect(offered).rejects.toThrow();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type System } from '@takt/cli';
import { demoPlant, type DemoBatch, type DemoOptions } from '@takt/demo';
import type { Clock } from '@takt/intake';
import type { Place } from './engines.ts';
import type { Position } from './stock-reports.ts';

/** The day on which every benchmark's plant stands. */
export const TODAY = '2026-11-23';

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, gone when this process ends, however it ends short of SIGKILL. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'takt-bench-'));
  folders.push(folder);
  return folder;
}

export const plantClock: Clock = () => new Date(`${TODAY}T08:00:00Z`);

/** The whole system in this process, on the day at which its plant stands. */
export function startPlant(dataDir: string, servers: Partial<Place> = {}): Promise<System> {
  return startSystem({ ...servers, dataDir, host: '127.0.0.1', port: 0, clock: plantClock });
}

/**
 * Fills with the demo plant, or with its first so many messages (to the end of a batch), all domains or some. Throws if
 * one is refused.
 */
export async function fillPlant(
  system: System,
  size: DemoOptions['size'],
  { limit = Infinity, domains }: { readonly limit?: number; readonly domains?: readonly string[] } = {},
): Promise<void> {
  for (const { domain, messages } of demoBatches(size, limit)) {
    if (domains && !domains.includes(domain)) continue;
    const outcomes = await system.intake(domain).receive(messages);
    const refused = outcomes.find(({ status }) => status !== 'APPLIED');
    if (refused) throw new Error(`The demo plant is not taken: ${JSON.stringify(refused)}`);
  }
}

export function* demoBatches(size: DemoOptions['size'], limit = Infinity): Generator<DemoBatch> {
  let made = 0;
  for (const batch of demoPlant({ seed: 1, size, today: TODAY })) {
    yield batch;
    made += batch.messages.length;
    if (made >= limit) return;
  }
}

/** Where the small demo plant has stock at one of its sites. */
export function* positionsAt(site: string): Generator<Position> {
  for (const { messages } of demoBatches('small')) {
    for (const { type, data } of messages) {
      const position = data as Position;
      if (type === 'StockReported' && position.location === site) yield position;
    }
  }
}

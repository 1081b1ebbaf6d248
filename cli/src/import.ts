import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatFault, formatReport, readFixtures } from '@takt/connector-frepple';
import { systemClock, type InboundMessage } from '@takt/intake';
import { knock, openDomain, readConfig } from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { DOMAINS } from './domains.ts';
import { offer } from './offer.ts';

const BATCH = 500;

/** Loads frePPLe fixtures into the domains: all of them, or nothing if any has a fault. */
export async function importCommand(args: readonly string[]): Promise<number> {
  const [kind, ...paths] = args;
  if (kind !== 'frepple' || paths.length === 0) {
    process.stderr.write('Usage: npm run takt -- import frepple FILE...\n');
    return 2;
  }
  const config = readConfig(process.env);
  const files: { name: string; text: string }[] = [];
  for (const path of paths) {
    try {
      files.push({ name: basename(path), text: await readFile(path, 'utf8') });
    } catch (error) {
      process.stderr.write(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})\n`);
      return 1;
    }
  }
  const read = readFixtures(files, { run: randomUUID() });
  if (!read.ok) {
    for (const fault of read.faults) process.stderr.write(`${formatFault(fault)}\n`);
    process.stderr.write('Nothing was written.\n');
    return 1;
  }
  await claimDataDirectory(config.dataDir);
  const counts = { APPLIED: 0, DUPLICATE: 0, REJECTED: 0, DEAD_LETTERED: 0 };
  let done = 0;
  for (const definition of DOMAINS) {
    const messages = read.messages.filter(({ domain }) => domain === definition.name).map(({ message }) => message);
    if (messages.length === 0) continue;
    const directory = join(config.dataDir, definition.name);
    const running = await knock(directory);
    const opened = running
      ? undefined
      : await openDomain(definition, { directory, mongodbUri: config.mongodbUri, clock: systemClock });
    const intake = running ?? opened?.intake;
    try {
      for (let start = 0; intake && start < messages.length; start += BATCH) {
        const batch = messages.slice(start, start + BATCH);
        for (const [index, outcome] of (await offer(intake, batch)).entries()) {
          const superseded = outcome.status === 'REJECTED' && outcome.refusal.code === 'OLDER_THAN_KNOWN';
          counts[superseded ? 'DUPLICATE' : outcome.status] += 1;
          if ('refusal' in outcome && !superseded)
            process.stderr.write(`${describe(batch[index])}: ${outcome.refusal.code}: ${outcome.refusal.reason}\n`);
        }
        done += batch.length;
        progress(done, read.messages.length);
      }
    } finally {
      await opened?.close();
    }
  }
  process.stdout.write(`${formatReport(read.report)}\n`);
  process.stdout.write(
    `${counts.APPLIED} changed the graph, ${counts.DUPLICATE} brought nothing new, ${counts.REJECTED + counts.DEAD_LETTERED} were refused.\n`,
  );
  return counts.REJECTED + counts.DEAD_LETTERED > 0 ? 1 : 0;
}

function describe(message: InboundMessage | undefined): string {
  return `${message?.type ?? 'message'} ${message?.subject ?? message?.id ?? ''}`;
}

function progress(done: number, all: number): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((30 * done) / all);
  process.stderr.write(`\r[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${done}/${all}${done === all ? '\n' : ''}`);
}

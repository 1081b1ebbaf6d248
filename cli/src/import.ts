import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatFault, formatReport, readFixtures } from '@takt/connector-frepple';
import { systemClock, type InboundMessage, type Outcome } from '@takt/intake';
import { readConfig } from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { deliver } from './deliver.ts';
import { progressBar } from './progress.ts';
import { THIS_TERMINAL } from './terminal.ts';

/** Loads frePPLe fixtures into the domains: all of them, or nothing if any has a fault. Answers the exit code. */
export async function importCommand(args: readonly string[], terminal = THIS_TERMINAL): Promise<number> {
  const { env, out, err } = terminal;
  const [kind, ...paths] = args;
  if (kind !== 'frepple' || paths.length === 0) {
    err.write('Usage: npm run takt -- import frepple FILE...\n');
    return 2;
  }
  const config = readConfig(env);
  const files: { name: string; text: string }[] = [];
  for (const path of paths) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
      files.push({ name: basename(path), text });
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      err.write(
        code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
          ? `${path}: is not UTF-8\n`
          : `${path}: cannot be read (${code})\n`,
      );
      return 1;
    }
  }
  const read = readFixtures(files, { run: randomUUID() });
  if (!read.ok) {
    for (const fault of read.faults) err.write(`${formatFault(fault)}\n`);
    err.write('Nothing was written.\n');
    return 1;
  }
  await claimDataDirectory(config.dataDir);
  const tally = { changed: 0, same: 0, refused: 0 };
  let done = 0;
  const progress = progressBar('messages', err);
  await deliver(read.messages, { ...config, clock: systemClock }, (message, outcome) => {
    const end = endOf(outcome);
    tally[end] += 1;
    if (end === 'refused' && 'refusal' in outcome) {
      err.write(`${nameOf(message)}: ${outcome.refusal.code}: ${outcome.refusal.reason}\n`);
    }
    progress.at(++done, read.messages.length);
  }).finally(() => progress.stop());
  out.write(`${formatReport(read.report)}\n`);
  out.write(`${tally.changed} changed the graph, ${tally.same} brought nothing new, ${tally.refused} were refused.\n`);
  return tally.refused > 0 ? 1 : 0;
}

/** What the graph knows from a later report stays: to whoever imports, that is nothing new. */
function endOf(outcome: Outcome): 'changed' | 'same' | 'refused' {
  if (outcome.status === 'APPLIED') return 'changed';
  if (outcome.status === 'DUPLICATE') return 'same';
  return outcome.refusal.code === 'OLDER_THAN_KNOWN' ? 'same' : 'refused';
}

function nameOf(message: InboundMessage): string {
  const { id, code, sku } = message.data as Record<string, unknown>;
  const name = [id, code, sku].find((part) => typeof part === 'string');
  return `${message.type} ${typeof name === 'string' ? name : message.id}`;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTROL_FILE, PEER_FAULTS, type SystemFaults } from '@takt/demo';
import { readConfig } from '@takt/subgraph-server';
import { UsageError } from './usage-error.ts';

const USAGE = `takt fault [SYSTEM FAULT on|off], e.g. takt fault erp/P100 down on. Faults: ${PEER_FAULTS.join(', ')}.`;

/** Lists, or switches, what goes wrong with the backing systems of the demo plant that runs over the data directory. */
export async function faultCommand(args: readonly string[]): Promise<number> {
  const { dataDir } = readConfig(process.env);
  const [system, fault, state] = args;
  const isList = args.length === 0;
  const isSwitch =
    args.length === 3 && PEER_FAULTS.some((each) => each === fault) && (state === 'on' || state === 'off');
  if (!isList && !isSwitch) throw new UsageError(`Usage: ${USAGE}`);
  const control = await readControl(dataDir);
  const response = await fetch(control.url, {
    method: isList ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
    ...(isSwitch && { body: JSON.stringify({ system, fault, on: state === 'on' }) }),
  }).catch((error: unknown) => {
    throw new Error(`The demo plant that ran over ${dataDir} does not answer: start it with npm start.`, {
      cause: error,
    });
  });
  const answer = (await response.json()) as readonly SystemFaults[] | { readonly error: string };
  if ('error' in answer) throw new Error(answer.error);
  const width = Math.max(...answer.map((each) => each.system.length));
  for (const each of answer) {
    process.stdout.write(
      `${each.system.padEnd(width)}  ${each.faults.length === 0 ? 'well' : each.faults.join(', ')}\n`,
    );
  }
  return 0;
}

async function readControl(dataDir: string): Promise<{ readonly url: string; readonly token: string }> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'demo', CONTROL_FILE), 'utf8')) as { url: string; token: string };
  } catch {
    throw new Error(`No demo plant runs over ${dataDir}: start it with npm start, or say where with TAKT_DATA_DIR.`);
  }
}

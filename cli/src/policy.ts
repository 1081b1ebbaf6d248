import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '@takt/subgraph-server';
import {
  describeTable,
  PolicyTextError,
  readPolicy,
  SIMULATE_POLICY,
  type Simulation,
} from '@takt/synchronization/contract';
import { domainNamed, operate } from './operations.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- policy check FILE
       npm run takt -- policy simulate FILE --from INSTANT --to INSTANT [--plant CODE] [--json]

FILE is a decision table in YAML or JSON. An INSTANT is RFC 3339, or a date, whose midnight UTC it means.
`;

/** Says what a decision table means, and what it would have made of a past window. Answers the exit code. */
export async function policyCommand(args: readonly string[], terminal: Terminal = THIS_TERMINAL): Promise<number> {
  const { action, path, from, to, plant, json } = readArguments(args);
  const draft = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });
  const { table, warnings } = read(draft, path);
  for (const warning of warnings) terminal.err.write(`${path}: ${warning}\n`);
  if (action === 'check') {
    terminal.out.write(`${describeTable(table).join('\n')}\n`);
    return 0;
  }
  const question = { draft, from, to, ...(plant !== undefined && { plant }) };
  const simulation = await operate(domainNamed('synchronization'), readConfig(terminal.env), (operations) =>
    operations.ask(SIMULATE_POLICY, question),
  );
  terminal.out.write(json ? `${JSON.stringify(simulation)}\n` : textOf(simulation as Simulation));
  return 0;
}

/** Throws {@link UsageError} with a line for each thing that is wrong. */
function read(text: string, path: string) {
  try {
    return readPolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyTextError)) throw error;
    throw new UsageError(error.problems.map((problem) => `${path}: ${problem}`).join('\n'));
  }
}

function textOf({ observations, simulated, decided, differences, ...rest }: Simulation): string {
  const outcomes = Object.keys(simulated.changes) as (keyof typeof simulated.changes)[];
  const row = (cells: readonly (string | number)[]) =>
    cells.map((cell, column) => (column === 0 ? String(cell).padEnd(18) : String(cell).padStart(16))).join('');
  return [
    `${observations} observations with something new in them.`,
    row(['', 'changes: draft', 'then', 'weeks: draft', 'then']),
    ...outcomes.map((outcome) =>
      row([
        outcome,
        simulated.changes[outcome],
        decided.changes[outcome],
        simulated.buckets[outcome],
        decided.buckets[outcome],
      ]),
    ),
    ...differences.map((difference) => {
      const line = difference.simulated ?? difference.decided;
      const [then, now] = [difference.decided?.outcome ?? 'nothing', difference.simulated?.outcome ?? 'nothing'];
      return `${difference.sku} at ${difference.location}, week of ${line?.week}: ${line?.measure} ${line?.baseline} → ${line?.now}: ${now}, then ${then}`;
    }),
    ...(rest.hasMoreDifferences ? ['There are more differences.'] : []),
    ...(rest.isComplete ? [] : ['There were more decisions than one simulation looks at: take a shorter window.']),
    '',
  ].join('\n');
}

function readArguments(args: readonly string[]) {
  const { positionals, values } = parsed(args);
  const [action, path, ...more] = positionals;
  if ((action !== 'check' && action !== 'simulate') || path === undefined || more.length > 0) {
    throw new UsageError(USAGE);
  }
  const { plant, json = false } = values;
  if (action === 'check') return { action, path, from: '', to: '', plant, json };
  return { action, path, from: instant('--from', values.from), to: instant('--to', values.to), plant, json };
}

function instant(name: string, text = ''): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new UsageError(`${name} takes an instant, e.g. 2026-11-23T00:00:00Z.`);
  return new Date(at).toISOString();
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        plant: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

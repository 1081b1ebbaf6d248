import { parseArgs } from 'node:util';
import { InstanceError, type BackingSystem } from '@takt/backing-system';
import { readBackingSystems } from '@takt/connector-registry';
import { IntakeUnavailableError, systemClock } from '@takt/intake';
import { CONNECTORS, connectorsOf, type ConnectorStatus } from '@takt/integration-messages';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { readConfig, reachNeighbours, type Config, type Neighbours } from '@takt/subgraph-server';
import { documentAt, NO_SECRETS, tell } from './sample.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- connector list [--json]
       npm run takt -- connector dry-run SYSTEM FILE [--attribute NAME=VALUE]...

list shows the backing systems of the running Takt, or, if none runs, those that are declared.
dry-run shows what a file would cause that SYSTEM (e.g. erp/P100) leaves; nothing is stored or sent. Attributes are what
its connector notes of a document besides, such as entitySet=A_Product or, for a topic, name=factory/line-1.
`;

/** Answers the exit code. */
export async function connectorCommand(args: readonly string[], terminal: Terminal = THIS_TERMINAL): Promise<number> {
  const { action, system, path, json, attributes } = readArguments(args);
  const config = readConfig(terminal.env);
  const reached = reachNeighbours(config);
  try {
    if (action === 'list') {
      const found = await statuses(config, reached.neighbours);
      terminal.out.write(json ? found.map((each) => `${JSON.stringify(each)}\n`).join('') : tableOf(found));
      return 0;
    }
    const declared = await declaredIn(config);
    const found = declared.find((each) => each.system === system);
    if (!found) {
      const names = declared.map((each) => each.system).join(', ');
      throw new UsageError(`No backing system ${JSON.stringify(system)} is declared. There are: ${names || 'none'}.`);
    }
    if (!found.receiver) throw new UsageError(`${system} is only told, and reports nothing.`);
    const now = systemClock();
    const document = await documentAt(path, { now, attributes });
    const isRunning = await isThere(reached.neighbours, 'products');
    if (!isRunning) terminal.err.write('No Takt runs here: ids are taken as they are, without cross-references.\n');
    const crossReferences = isRunning ? reached.neighbours.crossReferences : NO_CROSS_REFERENCES;
    const records = found.receiver.parse(document);
    return await tell({ system: found, document, records, crossReferences, clock: () => now }, terminal);
  } finally {
    await reached.close();
  }
}

async function declaredIn({ connectors }: Config): Promise<BackingSystem[]> {
  try {
    return await readBackingSystems(connectors, NO_SECRETS);
  } catch (error) {
    if (error instanceof InstanceError) throw new UsageError(error.message);
    throw error;
  }
}

async function statuses(config: Config, neighbours: Neighbours): Promise<readonly ConnectorStatus[]> {
  if (!(await isThere(neighbours, 'integration'))) return connectorsOf(undefined, await declaredIn(config));
  const operations = await neighbours.operations?.('integration');
  return (await operations?.ask(CONNECTORS, {})) as ConnectorStatus[];
}

async function isThere(neighbours: Neighbours, domain: string): Promise<boolean> {
  try {
    await neighbours.operations?.(domain);
    return true;
  } catch (error) {
    if (error instanceof IntakeUnavailableError) return false;
    throw error;
  }
}

function tableOf(found: readonly ConnectorStatus[]): string {
  if (found.length === 0) return 'There are none.\n';
  const rows = found.map(({ system, connector, mapping, schedule, inbound }) => [
    system,
    connector,
    inbound?.health.state ?? '',
    String(inbound?.waiting ?? ''),
    inbound?.health.lastContact ?? '',
    schedule,
    mapping ?? '',
    inbound?.health.reason ?? '',
  ]);
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [HEAD, ...rows].map((row) => `${line(row).trimEnd()}\n`).join('');
}

const HEAD = ['SYSTEM', 'TYPE', 'STATE', 'WAITING', 'LAST CONTACT', 'SCHEDULE', 'MAPPING', 'REASON'];

/** Of `NAME=VALUE` each. Throws {@link UsageError}. */
export function attributesOf(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === '') throw new UsageError(`--attribute takes NAME=VALUE, got ${JSON.stringify(text)}.`);
      return [name, value];
    }),
  );
}

function readArguments(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, attribute: { type: 'string', multiple: true } },
    });
    const [action, system = '', path = '', ...more] = positionals;
    const common = { json: values.json ?? false, attributes: attributesOf(values.attribute), system, path };
    if (action === 'list' && system === '') return { action, ...common } as const;
    if (action === 'dry-run' && path !== '' && more.length === 0) return { action, ...common } as const;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  throw new UsageError(USAGE);
}

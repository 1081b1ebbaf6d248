import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readInstance, SettingError, type Receiver } from '@takt/backing-system';
import { CONNECTOR_TYPES, loadMappingFor } from '@takt/connector-registry';
import { systemClock } from '@takt/intake';
import { NO_CROSS_REFERENCES, type Mapping } from '@takt/mapping';
import { parse } from 'yaml';
import { attributesOf } from './connector.ts';
import { documentAt, NO_SECRETS, recordsAt, tell } from './sample.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- mapping test FILE SAMPLE [--record TYPE]
       npm run takt -- mapping test FILE SAMPLE --instance FILE.yml [--attribute NAME=VALUE]...

SAMPLE holds records, as a JSON list or JSON lines: { "type": ..., "data": ... } each, or data alone with --record.
With --instance it is a document as that instance would receive it.
`;

/** Shows what a mapping makes of a sample. Answers the exit code. */
export async function mappingCommand(args: readonly string[], terminal: Terminal = THIS_TERMINAL): Promise<number> {
  const { path, sample, record, instance, attributes } = readArguments(args);
  const now = systemClock();
  const document = await documentAt(sample, { now, attributes });
  const mapping = await load(path);
  const system = { system: 'sample/1', mapping, scope: { locations: undefined } };
  const common = { document, crossReferences: NO_CROSS_REFERENCES, clock: () => now };
  if (instance === undefined) {
    return tell({ ...common, system, records: await recordsAt(sample, record) }, terminal);
  }
  const declared = await readInstance(instance, CONNECTOR_TYPES, NO_SECRETS, (_, connector) =>
    loadMappingFor(resolve(path), connector),
  );
  const receiver: Receiver | undefined = declared.receiver;
  if (!receiver) throw new UsageError(`${declared.system} is only told, and reports nothing.`);
  return tell({ ...common, system: { ...declared, mapping }, records: receiver.parse(document) }, terminal);
}

/** For the type that it says it is written for. Throws {@link UsageError}. */
async function load(path: string): Promise<Mapping> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}.`);
  });
  try {
    return await loadMappingFor(path, connectorIn(text));
  } catch (error) {
    if (error instanceof SettingError) throw new UsageError(error.message);
    throw error;
  }
}

/** Whatever is wrong with the file is said when it is loaded. */
function connectorIn(text: string): string {
  try {
    const { connector } = Object(parse(text, { maxAliasCount: 0 })) as { connector?: unknown };
    return typeof connector === 'string' ? connector : '';
  } catch {
    return '';
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        instance: { type: 'string' },
        record: { type: 'string' },
        attribute: { type: 'string', multiple: true },
      },
    });
    const [action, path, sample, ...more] = positionals;
    if (action === 'test' && path !== undefined && sample !== undefined && more.length === 0) {
      return { path, sample, ...values, attributes: attributesOf(values.attribute) };
    }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  throw new UsageError(USAGE);
}

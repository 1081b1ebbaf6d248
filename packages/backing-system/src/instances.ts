import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type, type Static, type TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseDocument, type Document } from 'yaml';
import type { CrossReferences, Mapping } from '@takt/mapping';
import type { Connector } from './connector.ts';
import type { Receiver } from './receiver.ts';
import { readSchedule, ScheduleSetting, type Schedule } from './schedule.ts';
import { SettingError } from './setting-error.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

/** A kind of backing system's interface, e.g. `cloudevents-http`. */
export interface ConnectorType {
  /** What an instance's file says under `type`. */
  readonly name: string;
  /** What an instance's file says besides what all of them say. */
  readonly settings: TObject;
  /** Folder of the mappings that come with it; without one its instances take no mapping. */
  readonly mappings?: URL;
  /** Answers how to open a connector; settings keep to their schema. Throws {@link SettingError} for what a schema cannot say. */
  configure(settings: never, setup: Setup): Configured;
}

export interface Setup {
  /** Reads an environment variable, and takes note if it is not there. */
  readonly secret: (field: string, variable: string) => string;
  /** `system/instance` */
  readonly system: string;
  /** Absolute: of the instance's file, which relative paths start from. */
  readonly folder: string;
  /** If the instance has one. */
  readonly mapping: Mapping | undefined;
}

/** What is known of an instance before anything is opened. At least one of both is there. */
export interface Configured {
  /** Opens what takes commands. */
  readonly connect?: (context: ConnectContext) => Connector;
  /** What takes in its reports. */
  readonly receiver?: Receiver;
}

export interface ConnectContext {
  readonly crossReferences: CrossReferences;
}

/** A backing system as it is configured: one file. */
export interface BackingSystem {
  /** `system/instance`, as in the `source` of what it reports. */
  readonly system: string;
  /** Name of its connector's type. */
  readonly connector: string;
  readonly rate: Rate;
  /** One for all that calls it from this process. */
  readonly bucket: TokenBucket;
  readonly timeoutMs: number;
  readonly schedule: Schedule;
  readonly scope: Scope;
  readonly mapping: Mapping | undefined;
  readonly connect: Configured['connect'];
  readonly receiver: Configured['receiver'];
}

/** What an instance may speak of: what it says of anything else is rejected. */
export interface Scope {
  /** Codes of locations; undefined: of any. */
  readonly locations: ReadonlySet<string> | undefined;
}

const COMMON = {
  type: Type.String(),
  instance: Type.String({ pattern: '^[a-z][a-z0-9-]{0,59}/[A-Za-z0-9][A-Za-z0-9._-]{0,59}$' }),
  rate: Type.Optional(
    Type.Object(
      {
        requestsPerSecond: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }),
        burst: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      },
      { additionalProperties: false },
    ),
  ),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 300_000 })),
  schedule: Type.Optional(ScheduleSetting),
  /** What it may speak of. */
  scope: Type.Optional(
    Type.Object(
      { locations: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 }) },
      { additionalProperties: false },
    ),
  ),
  /** Name of a mapping that comes with the type, or the path of a file, beginning with `./`, `../` or `/`. */
  mapping: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
};
const Common = Type.Object(COMMON);

/** What an instance gets that does not say otherwise. */
const DEFAULT_RATE: Rate = { requestsPerSecond: 10, burst: 1 };
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads the instances that folders declare, one YAML file each. Without any: those in `connectors/instances` of the
 * working directory, none if there is no such. Throws {@link InstanceError} with one line, naming file and field, for each
 * thing that is wrong.
 */
export async function readInstances(
  folders: string | readonly string[] | undefined,
  types: readonly ConnectorType[],
  env: Readonly<Record<string, string | undefined>>,
  loadMapping: LoadMapping = noMappings,
): Promise<BackingSystem[]> {
  const problems: string[] = [];
  const systems = new Map<string, BackingSystem>();
  for (const path of await listFiles(folders)) {
    const problem = (field: string, text: string) => {
      problems.push(field === '' ? `${path}: ${text}` : `${path}: ${field}: ${text}`);
    };
    const system = await readFileOf({ path, types, env, loadMapping, problem });
    if (!system) continue;
    if (systems.has(system.system)) problem('instance', `${system.system} is declared in another file too.`);
    systems.set(system.system, system);
  }
  if (problems.length > 0) throw new InstanceError(problems);
  return [...systems.values()];
}

/** One of its own. Throws {@link InstanceError}. */
export async function readInstance(
  path: string,
  types: readonly ConnectorType[],
  env: Readonly<Record<string, string | undefined>>,
  loadMapping: LoadMapping = noMappings,
): Promise<BackingSystem> {
  const problems: string[] = [];
  const problem = (field: string, text: string) =>
    void problems.push(`${path}: ${field === '' ? '' : `${field}: `}${text}`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new InstanceError([`${path}: there is no such file.`]);
  const system = await readFileOf({ path, types, env, loadMapping, problem });
  if (!system) throw new InstanceError(problems);
  return system;
}

const DEFAULT_FOLDER = 'connectors/instances';

async function listFiles(given: string | readonly string[] | undefined): Promise<string[]> {
  if (typeof given === 'object') return (await Promise.all(given.map(listFiles))).flat();
  const folder = given ?? DEFAULT_FOLDER;
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && given === undefined) return [];
    throw new InstanceError([`${folder}: ${code === 'ENOENT' ? 'there is no such folder.' : String(error)}`]);
  }
}

interface Reading {
  readonly path: string;
  readonly types: readonly ConnectorType[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly loadMapping: LoadMapping;
  readonly problem: (field: string, text: string) => void;
}

async function readFileOf(reading: Reading): Promise<BackingSystem | undefined> {
  const { path, types, problem } = reading;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    problem('', `It cannot be read: ${String((error as NodeJS.ErrnoException).code)}.`);
    return undefined;
  }
  const yaml = parseDocument(text, { prettyErrors: false });
  const [fault] = yaml.errors;
  if (fault) {
    const line = text.slice(0, fault.pos[0]).split('\n').length;
    problem('', `line ${line}: ${fault.message}`);
    return undefined;
  }
  const value = withoutAliases(yaml);
  if (value === ALIASES) {
    problem('', 'Aliases are not allowed.');
    return undefined;
  }
  if (!Value.Check(Common, value)) {
    report(Common, value, problem);
    return undefined;
  }
  const type = types.find(({ name }) => name === value.type);
  if (!type) {
    problem('type', `There is no ${value.type}, but ${types.map(({ name }) => name).join(', ')}.`);
    return undefined;
  }
  const schema = Type.Object({ ...COMMON, ...type.settings.properties }, { additionalProperties: false });
  if (!Value.Check(schema, value)) {
    report(schema, value, problem);
    return undefined;
  }
  return configured(value, type, reading);
}

/** An alias of an alias of an alias is a bomb. */
function withoutAliases(yaml: Document): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof ReferenceError) return ALIASES;
    throw error;
  }
}

const ALIASES = Symbol('aliases');

async function configured(
  value: Static<typeof Common>,
  type: ConnectorType,
  { path, env, loadMapping, problem }: Reading,
): Promise<BackingSystem | undefined> {
  const { instance: system, rate = DEFAULT_RATE, timeoutMs = DEFAULT_TIMEOUT_MS } = value;
  let complete = true;
  const found = (field: string, text: string) => {
    complete = false;
    problem(field, text);
  };
  const folder = dirname(resolve(path));
  const mapping = await mappingOf(value.mapping, type, folder, loadMapping, found);
  const secret = (field: string, variable: string): string => {
    const secretValue = env[variable];
    if (secretValue !== undefined && secretValue !== '') return secretValue;
    found(field, `The environment has no variable ${variable}.`);
    return '';
  };
  try {
    const { connect, receiver } = type.configure(value as never, { secret, system, folder, mapping });
    const schedule = readSchedule(value.schedule);
    if (!complete) return undefined;
    const locations = value.scope && new Set(value.scope.locations);
    const perSecond = { ...DEFAULT_RATE, ...rate };
    return {
      system,
      connector: type.name,
      rate: perSecond,
      bucket: new TokenBucket(perSecond),
      timeoutMs,
      schedule,
      scope: { locations },
      mapping,
      connect,
      receiver,
    };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    // What is wrong with a mapping that is named has been said.
    const isMissed = error.field === 'mapping' && value.mapping !== undefined && mapping === undefined;
    if (!isMissed) problem(error.field, error.message);
    return undefined;
  }
}

/** Reads a mapping's file. Throws {@link SettingError}, of which the field does not count, with what is wrong in it. */
export type LoadMapping = (path: string, connector: string) => Promise<Mapping>;

const noMappings: LoadMapping = (path) =>
  Promise.reject(new SettingError('mapping', `${path} cannot be read: nothing here knows mappings.`));

async function mappingOf(
  name: string | undefined,
  type: ConnectorType,
  folder: string,
  load: LoadMapping,
  problem: (field: string, text: string) => void,
): Promise<Mapping | undefined> {
  if (name === undefined) return undefined;
  if (type.mappings === undefined) {
    problem('mapping', `Instances of ${type.name} take none.`);
    return undefined;
  }
  const isPath = /^(\.{0,2}\/)/.test(name);
  if (!isPath && !/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    problem('mapping', 'It must be the name of a mapping, or a path that begins with ./, ../ or /.');
    return undefined;
  }
  const path = isPath ? resolve(folder, name) : fileURLToPath(new URL(`${name}.yml`, type.mappings));
  try {
    return await load(path, type.name);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    for (const line of error.message.split('\n')) problem('mapping', line);
    return undefined;
  }
}

function report(schema: TObject, value: unknown, problem: (field: string, text: string) => void): void {
  const seen = new Set<string>();
  for (const { path, message } of Value.Errors(schema, value)) {
    const field = path.slice(1).replaceAll('/', '.');
    if (!seen.has(field)) problem(field, message);
    seen.add(field);
  }
}

export class InstanceError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InstanceError';
  }
}

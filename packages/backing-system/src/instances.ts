import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static, type TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseDocument, type Document } from 'yaml';
import type { Connector } from './connector.ts';
import type { Rate } from './token-bucket.ts';

/** A kind of backing system's interface, e.g. `cloudevents-http`. */
export interface ConnectorType {
  /** What an instance's file says under `type`. */
  readonly name: string;
  /** What an instance's file says besides what all of them say. */
  readonly settings: TObject;
  /**
   * Answers how to open a connector; settings keep to their schema. `secret` reads an environment variable and takes note
   * if it is not there; throws {@link SettingError} for what a schema cannot say.
   */
  configure(settings: never, secret: (field: string, variable: string) => string): () => Connector;
}

/** A setting makes no sense; the message says which one, and repeats no secret. */
export class SettingError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
    this.name = 'SettingError';
  }
}

/** A backing system as it is configured: one file. */
export interface BackingSystem {
  /** `system/instance`, as in the `source` of what it reports. */
  readonly system: string;
  readonly rate: Rate;
  readonly timeoutMs: number;
  readonly connect: () => Connector;
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
};
const Common = Type.Object(COMMON);

/** What an instance gets that does not say otherwise. */
const DEFAULT_RATE: Rate = { requestsPerSecond: 10, burst: 1 };
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads the instances that a folder declares, one YAML file each. Without a folder: those in `connectors/instances` of the
 * working directory, none if there is no such. Throws {@link InstanceError} with one line, naming file and field, for each
 * thing that is wrong.
 */
export async function readInstances(
  folder: string | undefined,
  types: readonly ConnectorType[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<BackingSystem[]> {
  const problems: string[] = [];
  const systems = new Map<string, BackingSystem>();
  for (const path of await listFiles(folder)) {
    const problem = (field: string, text: string) => {
      problems.push(field === '' ? `${path}: ${text}` : `${path}: ${field}: ${text}`);
    };
    const system = readInstance(await readFile(path, 'utf8'), types, env, problem);
    if (!system) continue;
    if (systems.has(system.system)) problem('instance', `${system.system} is declared in another file too.`);
    systems.set(system.system, system);
  }
  if (problems.length > 0) throw new InstanceError(problems);
  return [...systems.values()];
}

const DEFAULT_FOLDER = 'connectors/instances';

async function listFiles(given: string | undefined): Promise<string[]> {
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

function readInstance(
  text: string,
  types: readonly ConnectorType[],
  env: Readonly<Record<string, string | undefined>>,
  problem: (field: string, text: string) => void,
): BackingSystem | undefined {
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
  return configured(value, type, env, problem);
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

function configured(
  value: Static<typeof Common>,
  type: ConnectorType,
  env: Readonly<Record<string, string | undefined>>,
  problem: (field: string, text: string) => void,
): BackingSystem | undefined {
  const { instance: system, rate = DEFAULT_RATE, timeoutMs = DEFAULT_TIMEOUT_MS } = value;
  let complete = true;
  const secret = (field: string, variable: string): string => {
    const found = env[variable];
    if (found !== undefined && found !== '') return found;
    complete = false;
    problem(field, `The environment has no variable ${variable}.`);
    return '';
  };
  try {
    const connect = type.configure(value as never, secret);
    return complete ? { system, rate: { ...DEFAULT_RATE, ...rate }, timeoutMs, connect } : undefined;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    problem(error.field, error.message);
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

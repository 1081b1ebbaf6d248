import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseDocument } from 'yaml';

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' });
const Text = Type.String({ minLength: 1, maxLength: 10_000 });
const Kind = Type.String({ minLength: 1, maxLength: 200 });
/** An expression, or a number or truth value as it is; maps and lists of such are made field by field. */
const Template = Type.Unknown();

const Rule = Type.Object(
  {
    name: Name,
    /** Types of records that it is for. */
    record: Type.Union([Kind, Type.Array(Kind, { minItems: 1, maxItems: 100 })]),
    when: Type.Optional(Text),
    forEach: Type.Optional(Text),
    /** Without it and `data`, it takes records and makes nothing of them. */
    emit: Type.Optional(Type.String({ minLength: 1 })),
    id: Type.Optional(Text),
    time: Type.Optional(Text),
    cause: Type.Optional(Text),
    data: Type.Optional(Type.Record(Type.String(), Template)),
  },
  { additionalProperties: false },
);
export type Rule = Static<typeof Rule>;

const CommandRule = Type.Object(
  { command: Type.String({ minLength: 1, maxLength: 200 }), when: Type.Optional(Text), call: Template },
  { additionalProperties: false },
);
export type CommandRule = Static<typeof CommandRule>;

const MappingFile = Type.Object(
  {
    name: Name,
    version: Type.Integer({ minimum: 1 }),
    connector: Name,
    /** The source's unit → ours. */
    units: Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 20 }))),
    /** What becomes of an id that nobody has told: itself, or a fault. */
    crossReferences: Type.Optional(Type.Union([Type.Literal('strict'), Type.Literal('lenient')])),
    rules: Type.Optional(Type.Array(Rule, { maxItems: 500 })),
    /** What becomes of a record that no rule takes. */
    otherwise: Type.Optional(Type.Union([Type.Literal('reject'), Type.Literal('ignore')])),
    commands: Type.Optional(Type.Array(CommandRule, { maxItems: 100 })),
  },
  { additionalProperties: false },
);
export type MappingFile = Static<typeof MappingFile>;

/** Something is wrong in a mapping's file: one line each, with the file's path. */
export class MappingFileError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'MappingFileError';
  }
}

/** Reads a file of at most 1 MiB, without aliases, and of the right shape. Throws {@link MappingFileError}. */
export async function readMappingFile(path: string): Promise<{ file: MappingFile; sha256: string }> {
  const bytes = await read(path);
  const value = parse(path, bytes.toString('utf8'));
  if (!Value.Check(MappingFile, value)) throw new MappingFileError(shapeProblems(path, value));
  const name = basename(path).replace(/\.ya?ml$/, '');
  if (value.name !== name) throw new MappingFileError([`${path}: name: Expected ${name}, the file's name.`]);
  return { file: value, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function read(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new MappingFileError([`${path}: It has more than ${MOST_BYTES} bytes.`]);
    return await readFile(path);
  } catch (error) {
    if (error instanceof MappingFileError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new MappingFileError([`${path}: ${code === 'ENOENT' ? 'There is no such file.' : message}`]);
  }
}

function parse(path: string, text: string): unknown {
  try {
    const yaml = parseDocument(text, { prettyErrors: false });
    const [fault] = yaml.errors;
    if (fault) {
      const line = text.slice(0, fault.pos[0]).split('\n').length;
      throw new MappingFileError([`${path}: line ${line}: ${fault.message}`]);
    }
    // An alias of an alias of an alias is a bomb.
    return yaml.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof MappingFileError) throw error;
    if (error instanceof ReferenceError) throw new MappingFileError([`${path}: Aliases are not allowed.`]);
    if (error instanceof RangeError) throw new MappingFileError([`${path}: It is nested too deeply.`]);
    throw error;
  }
}

function shapeProblems(path: string, value: unknown): string[] {
  const problems = new Map<string, string>();
  for (const error of Value.Errors(MappingFile, value)) {
    if (problems.size === MOST_PROBLEMS) break;
    const [, rule, rest = ''] = /^\/rules\/(\d+)(.*)$/.exec(error.path) ?? [];
    const place =
      rule === undefined ? error.path.slice(1).replaceAll('/', '.') : `rules[${rule}]${rest.replaceAll('/', '.')}`;
    if (!problems.has(place)) problems.set(place, `${path}: ${place === '' ? '' : `${place}: `}${error.message}`);
  }
  return [...problems.values()];
}

const MOST_BYTES = 1024 * 1024;
const MOST_PROBLEMS = 100;

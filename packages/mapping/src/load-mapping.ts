import { EventSchemas } from '@takt/event-log';
import { readExpression, type Expression } from './expression.ts';
import type { CanonicalTypes, Mapping } from './mapping.ts';
import { MappingFileError, readMappingFile, type CommandRule, type MappingFile, type Rule } from './mapping-file.ts';
import { RuleMapping, type CompiledCommand, type CompiledRule } from './rule-mapping.ts';
import { readTemplate } from './template.ts';

export interface LoadMappingOptions {
  /** Type of connector that it must be written for. */
  readonly connector: string;
  readonly canonical: CanonicalTypes;
  /** Milliseconds, for how long cross-references are known. */
  readonly now?: () => number;
}

/**
 * Reads a mapping's file and checks all of it that can be checked without a record. Throws {@link MappingFileError} with
 * one line for each thing that is wrong, e.g. `sap.yml: rules[2] order: data.quantity: $quantity(a: Expected ")"…`.
 */
export async function loadMapping(path: string, options: LoadMappingOptions): Promise<Mapping> {
  const { file, sha256 } = await readMappingFile(path);
  const problems: string[] = [];
  const problem = (place: string, text: string) => void problems.push(`${path}: ${place}: ${text}`);
  if (file.connector !== options.connector) {
    problem('connector', `Expected ${options.connector}, which it is used with, found ${file.connector}.`);
  }
  const reader = new FileReader(file, options.canonical, problem);
  const rules = (file.rules ?? []).map((rule, index) => reader.rule(rule, `rules[${index}] ${rule.name}`));
  const commands = (file.commands ?? []).map((rule, index) =>
    reader.command(rule, `commands[${index}] ${rule.command}`),
  );
  if (problems.length > 0) throw new MappingFileError(problems);
  const { name, version, connector, otherwise = 'reject' } = file;
  return new RuleMapping({
    name,
    version,
    connector,
    sha256,
    rejectsOthers: otherwise === 'reject',
    rules: rules.filter((rule) => rule !== undefined),
    commands: commands.filter((rule) => rule !== undefined),
    now: options.now ?? Date.now,
  });
}

type Problem = (place: string, text: string) => void;

class FileReader {
  readonly #canonical: CanonicalTypes;
  readonly #problem: Problem;
  readonly #read: (text: string) => Expression;
  readonly #names = new Set<string>();

  constructor(file: MappingFile, canonical: CanonicalTypes, problem: Problem) {
    this.#canonical = canonical;
    this.#problem = problem;
    const units = file.units && new Map(Object.entries(file.units));
    const settings = { units, strictReferences: file.crossReferences === 'strict' };
    this.#read = (text) => readExpression(text, settings);
  }

  rule(rule: Rule, place: string): CompiledRule | undefined {
    if (this.#names.has(rule.name)) this.#problem(place, 'Another rule has this name.');
    this.#names.add(rule.name);
    const common = {
      name: rule.name,
      records: typeof rule.record === 'string' ? [rule.record] : rule.record,
      when: this.#expression(rule.when, `${place}: when`),
      forEach: this.#expression(rule.forEach, `${place}: forEach`),
      id: this.#expression(rule.id, `${place}: id`),
      time: this.#expression(rule.time, `${place}: time`),
      cause: this.#expression(rule.cause, `${place}: cause`),
    };
    if (rule.emit === undefined && rule.data === undefined) return common;
    const type = this.#canonical.get(rule.emit ?? '');
    if (rule.emit === undefined || rule.data === undefined) this.#problem(place, 'Emit and data belong together.');
    else if (!type) this.#problem(`${place}: emit`, `There is no canonical message ${rule.emit}.`);
    if (!type || rule.emit === undefined || rule.data === undefined) return undefined;
    const data = this.#template(rule.data, 'data', place, type.schema);
    const schemas = new EventSchemas([{ type: rule.emit, data: type.schema }]);
    return data && { ...common, emit: { type: rule.emit, domain: type.domain, schema: type.schema, schemas, data } };
  }

  command(rule: CommandRule, place: string): CompiledCommand | undefined {
    const when = this.#expression(rule.when, `${place}: when`);
    const call = this.#template(rule.call, 'call', place, undefined);
    return call && { command: rule.command, when, call };
  }

  #expression(text: string | undefined, place: string): Expression | undefined {
    try {
      return text === undefined ? undefined : this.#read(text);
    } catch (error) {
      this.#problem(place, `${text ?? ''}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #template(written: unknown, field: string, place: string, schema: Parameters<typeof readTemplate>[2]) {
    return readTemplate(written, field, schema, {
      expression: this.#read,
      problem: (within, text) => this.#problem(`${place}: ${within}`, text),
    });
  }
}

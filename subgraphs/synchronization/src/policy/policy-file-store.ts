import { readFile } from 'node:fs/promises';
import { Value } from '@sinclair/typebox/value';
import { EventSchemas } from '@takt/event-log';
import { decimal } from '@takt/quantity';
import { parseDocument } from 'yaml';
import { checkTable } from './check-table.ts';
import { PolicyTableSchema, type PolicyTable } from './policy-table.ts';

/** Something is wrong in a table: one line each, which name rule and field. */
export class PolicyTextError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'PolicyTextError';
  }
}

/**
 * Reads a decision table from YAML or JSON of at most {@link LONGEST_TEXT} characters, without aliases. Amounts may be
 * written as numbers. Throws {@link PolicyTextError} with all that is wrong; what is only doubtful is in `warnings`.
 */
export function readPolicy(text: string): { readonly table: PolicyTable; readonly warnings: readonly string[] } {
  if (text.length > LONGEST_TEXT) throw new PolicyTextError([`It has more than ${LONGEST_TEXT} characters.`]);
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) throw new PolicyTextError(document.errors.map(({ message }) => message));
  const value: unknown = withDecimals(parsed(document));
  if (!Value.Check(PolicyTableSchema, value)) throw new PolicyTextError(shapeProblems(value));
  const { problems, warnings } = checkTable(value);
  if (problems.length > 0) throw new PolicyTextError(problems);
  return { table: value, warnings };
}

/** The table that Takt comes with. */
export async function defaultPolicy(): Promise<PolicyTable> {
  return readPolicy(await readFile(new URL('default-policy.yml', import.meta.url), 'utf8')).table;
}

const LONGEST_TEXT = 1024 * 1024;

// Dates and instants are checked once their formats are known, which is when schemas are made of them.
new EventSchemas([{ type: 'PublishPolicy', data: PolicyTableSchema }]);

function parsed(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (fault) {
    throw new PolicyTextError([fault instanceof ReferenceError ? 'Aliases are not allowed.' : String(fault)]);
  }
}

function withDecimals(value: unknown): unknown {
  const rules = (value as { rules?: unknown } | null)?.rules;
  if (!Array.isArray(rules)) return value;
  for (const rule of rules as ({ when?: { changeAtLeast?: unknown } } | null)[]) {
    const when = rule?.when;
    if (typeof when?.changeAtLeast !== 'number' || !Number.isFinite(when.changeAtLeast)) continue;
    when.changeAtLeast = decimal(when.changeAtLeast);
  }
  return value;
}

function shapeProblems(value: unknown): string[] {
  const rules = (value as { rules?: unknown } | null)?.rules;
  return [...Value.Errors(PolicyTableSchema, value)].slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    const [, index, rest = ''] = /^\/rules\/(\d+)\/?(.*)$/.exec(path) ?? [];
    if (index === undefined) return `${path.slice(1) || 'The table'}: ${message}.`;
    const { id } = ((rules as unknown[])[Number(index)] ?? {}) as { id?: unknown };
    const place = `rules[${index}]${typeof id === 'string' ? ` ${id}` : ''}`;
    return `${place}: ${rest.replace(/^when\//, '') || 'rule'}: ${message}.`;
  });
}

const MOST_PROBLEMS = 20;

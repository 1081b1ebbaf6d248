import { failed } from './faults.ts';
import { LITERAL_CHECKS } from './functions.ts';
import type { Node } from './node.ts';

/**
 * Throws for what parses and still cannot be right, or cannot be borne: a name that nobody knows, a function whose answer
 * is another each time, a regular expression that a record could make run for ever, a literal that its function refuses.
 */
export function checkExpression(root: Node, functions: ReadonlySet<string>, variables: ReadonlySet<string>): void {
  const nodes = [...nodesOf(root)];
  const local = new Set(nodes.flatMap(localNames));
  for (const node of nodes) {
    if (node.type === 'variable') checkName(String(node.value), functions, variables, local);
    if (node.type === 'regex') checkRegex(node.value);
    if (node.type === 'function') checkLiterals(node);
  }
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
  if (!Array.isArray(value) && 'type' in value) yield value as Node;
  for (const part of Object.values(value)) yield* nodesOf(part);
}

/** Those that the expression binds itself, wherever they count. */
function localNames(node: Node): string[] {
  const names = [node.focus, node.index].filter((name) => typeof name === 'string');
  if (node.type === 'bind') names.push(String((node.lhs as Node).value));
  if (node.type === 'lambda') names.push(...(node.arguments ?? []).map(({ value }) => String(value)));
  return names;
}

function checkName(
  name: string,
  functions: ReadonlySet<string>,
  variables: ReadonlySet<string>,
  local: ReadonlySet<string>,
): void {
  if (local.has(name) || name === '' || name === '$' || functions.has(name) || variables.has(name)) return;
  if (REFUSED.has(name)) throw failed(`$${name} may not be used: the same record must always give the same.`);
  if (!BUILT_IN.has(name)) throw failed(`There is no $${name}.`);
}

function checkLiterals(node: Node): void {
  const checks = LITERAL_CHECKS[String(node.procedure?.value)] ?? {};
  for (const [position, check] of Object.entries(checks)) {
    const argument = node.arguments?.[Number(position)];
    if (argument?.type === 'string') check(argument.value);
  }
}

/** A repetition within a repetition can take time that grows exponentially with the text. */
function checkRegex(regex: unknown): void {
  const source = (regex as RegExp).source.replace(/\\./g, '.').replace(/\[(?:[^\]])*\]/g, '.');
  const open: boolean[] = [];
  let repeats = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '(') {
      open.push(repeats);
      repeats = false;
    } else if (character === ')') {
      const isRepeated = /^(?:[*+]|\{\d+,\d*\})/.test(source.slice(at + 1));
      if (isRepeated && (repeats || hasAlternatives(source, at)))
        throw failed(`The regular expression /${source}/ repeats what repeats.`);
      const before = open.pop() ?? false;
      repeats = repeats || isRepeated || before;
    } else if (/^(?:[*+]|\{\d+,\d*\})/.test(source.slice(at))) repeats = true;
  }
}

/** Alternatives may overlap, and then a repetition of them is as bad. */
function hasAlternatives(source: string, close: number): boolean {
  return source.slice(source.lastIndexOf('(', close), close).includes('|');
}

/** https://docs.jsonata.org/overview: its functions without those that are refused. */
const BUILT_IN: ReadonlySet<string> = new Set(
  (
    'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match ' +
    'contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power ' +
    'boolean not map zip filter single reduce keys lookup append exists spread merge reverse each sift error assert type sort ' +
    'distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone'
  ).split(' '),
);
const REFUSED: ReadonlySet<string> = new Set(['eval', 'now', 'millis', 'random', 'shuffle']);

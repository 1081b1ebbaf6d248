import { EXTRAS, type Node } from './node.ts';

/**
 * The plain part of JSONata (paths, literals, concatenations, comparisons, conditions, calls), run without it: the same
 * answers some ten times as fast, as most fields of most mappings are no more than that. Whatever is not plain in an
 * expression (`undefined` from {@link directly}) or in a value (a list on a path: {@link NotPlain} is thrown) is JSONata's.
 */
export type Direct = (input: unknown, variables: Variables) => unknown;

/** Of an evaluation: values and functions by name. A call may throw {@link Waiting}. */
export interface Variables {
  value(name: string): unknown;
  call(name: string, given: readonly unknown[]): unknown;
}

/** Thrown: this value is JSONata's business. */
export const NOT_PLAIN = Symbol('not plain');

/** Thrown when a call has to wait: evaluate again when its answer is there. */
export class Waiting {
  constructor(
    readonly call: string,
    readonly answer: Promise<unknown>,
  ) {}
}

export function directly(
  node: Node,
  functions: ReadonlySet<string>,
  variables: ReadonlySet<string>,
): Direct | undefined {
  if (EXTRAS.some((extra) => Object.hasOwn(node, extra))) return undefined;
  const inner = (each: Node | undefined) => each && directly(each, functions, variables);
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value': {
      const { value } = node as { value: unknown };
      return () => value;
    }
    case 'variable':
      return variable(node, variables);
    case 'path':
      return path(node.steps ?? [], variables);
    case 'block':
      return node.expressions?.length === 1 ? inner(node.expressions[0]) : undefined;
    case 'binary':
      return binary(node, inner);
    case 'condition':
      return condition(node, inner);
    case 'unary':
      return node.value === '{' ? objectOf(node.lhs as [Node, Node][], inner) : undefined;
    case 'function':
      return call(node, functions, inner);
    default:
      return undefined;
  }
}

type Inner = (node: Node | undefined) => Direct | undefined;

function variable(node: Node, variables: ReadonlySet<string>): Direct | undefined {
  const name = String(node.value);
  if (name === '') return (input) => (Array.isArray(input) ? notPlain() : input);
  return variables.has(name) ? (_input, scope) => scope.value(name) : undefined;
}

function path(steps: readonly Node[], variables: ReadonlySet<string>): Direct | undefined {
  const [first, ...rest] = steps;
  if (!first || steps.some((step) => EXTRAS.some((extra) => Object.hasOwn(step, extra)))) return undefined;
  const start = first.type === 'variable' ? variable(first, variables) : undefined;
  const names = start ? rest : steps;
  if (names.some(({ type }) => type !== 'name')) return undefined;
  const fields = names.map(({ value }) => String(value));
  const [only] = fields;
  if (!start && only !== undefined && fields.length === 1) return (input) => field(input, only);
  return (input, scope) => {
    let value = start ? start(input, scope) : input;
    for (const name of fields) {
      if (value === undefined) return undefined;
      value = field(value, name);
    }
    return value;
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return notPlain();
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function binary(node: Node, inner: Inner): Direct | undefined {
  const operator = String(node.value);
  const left = inner(node.lhs as Node);
  if (left && operator === 'in') return membership(left, node.rhs);
  const right = inner(node.rhs);
  if (!left || !right) return undefined;
  if (operator === 'and') return (input, scope) => truth(left(input, scope)) && truth(right(input, scope));
  if (operator === 'or') return (input, scope) => truth(left(input, scope)) || truth(right(input, scope));
  const operation = OPERATIONS[operator];
  return operation && ((input, scope) => operation(scalar(left(input, scope)), scalar(right(input, scope))));
}

type Scalar = string | number | boolean | null | undefined;

const OPERATIONS: Readonly<Record<string, (left: Scalar, right: Scalar) => unknown>> = {
  '&': (left, right) => text(left) + text(right),
  '=': (left, right) => left !== undefined && right !== undefined && left === right,
  '!=': (left, right) => left !== undefined && right !== undefined && left !== right,
  '<': (left, right) => compared(left, right) < 0,
  '<=': (left, right) => compared(left, right) <= 0,
  '>': (left, right) => compared(left, right) > 0,
  '>=': (left, right) => compared(left, right) >= 0,
};

/** Mixed types and nothing are faults, or nothing: JSONata says which. */
function compared(left: Scalar, right: Scalar): number {
  const isFit = (typeof left === 'string' || typeof left === 'number') && typeof left === typeof right;
  if (!isFit || left === null || right === null || right === undefined) return notPlain();
  return left < right ? -1 : left > right ? 1 : 0;
}

function membership(left: Direct, list: Node | undefined): Direct | undefined {
  if (list?.type !== 'unary' || list.value !== '[' || EXTRAS.some((extra) => Object.hasOwn(list, extra)))
    return undefined;
  const items = list.expressions ?? [];
  if (items.some((item) => item.type !== 'string' || Object.hasOwn(item, 'predicate'))) return undefined;
  const members = new Set<unknown>(items.map(({ value }) => value));
  return (input, scope) => members.has(left(input, scope));
}

function condition(node: Node, inner: Inner): Direct | undefined {
  const [test, yes] = [inner(node.condition), inner(node.then)];
  const no = node.else ? inner(node.else) : () => undefined;
  if (!test || !yes || !no) return undefined;
  return (input, scope) => (truth(test(input, scope)) ? yes(input, scope) : no(input, scope));
}

function objectOf(pairs: readonly [Node, Node][], inner: Inner): Direct | undefined {
  const fields: [string, Direct][] = [];
  const names = new Set<string>();
  for (const [key, value] of pairs) {
    const evaluate = inner(value);
    const name = String(key.value);
    if (key.type !== 'string' || !evaluate || names.has(name) || name.startsWith('_')) return undefined;
    names.add(name);
    fields.push([name, evaluate]);
  }
  return (input, scope) => {
    if (Array.isArray(input)) return notPlain();
    const made: Record<string, unknown> = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(input, scope);
      if (value !== undefined) made[name] = value;
    }
    return made;
  };
}

function call(node: Node, functions: ReadonlySet<string>, inner: Inner): Direct | undefined {
  const { procedure, arguments: given = [] } = node;
  if (procedure?.type !== 'variable' || EXTRAS.some((extra) => Object.hasOwn(procedure, extra))) return undefined;
  const name = String(procedure.value);
  if (name === 'join') return join(given, inner);
  const evaluations = given.map(inner).filter((each) => each !== undefined);
  if (evaluations.length !== given.length) return undefined;
  if (functions.has(name)) {
    return (input, scope) =>
      scope.call(
        name,
        evaluations.map((evaluate) => evaluate(input, scope)),
      );
  }
  const [first, second, third] = evaluations;
  const builtIn = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (!builtIn || !first || given.length > 3) return undefined;
  if (name === 'lookup' && second) return (input, scope) => field(first(input, scope), fieldName(second(input, scope)));
  return (input, scope) =>
    builtIn(scalar(first(input, scope)), scalar(second?.(input, scope)), scalar(third?.(input, scope)), given.length);
}

/** Of a list that is written out: what is not there is left out. */
function join([list, separator, ...more]: readonly Node[], inner: Inner): Direct | undefined {
  const isList = list?.type === 'unary' && list.value === '[' && !EXTRAS.some((extra) => Object.hasOwn(list, extra));
  if (!isList || separator?.type !== 'string' || more.length > 0) return undefined;
  const written = list.expressions ?? [];
  const items = written.map(inner).filter((each) => each !== undefined);
  if (items.length === 0 || items.length !== written.length) return undefined;
  return (input, scope) => {
    const texts: string[] = [];
    for (const item of items) {
      const value = scalar(item(input, scope));
      if (value !== undefined) texts.push(textual(value));
    }
    return texts.length === 0 ? notPlain() : texts.join(String(separator.value));
  };
}

/** Those of JSONata's functions that mappings use all the time, as far as they are given what they are made for. */
const BUILT_IN: Readonly<Record<string, (value: Scalar, second: Scalar, third: Scalar, given: number) => unknown>> = {
  exists: (value, _second, _third, given) => (given === 1 ? value !== undefined : notPlain()),
  not: (value, _second, _third, given) => (given === 1 && value !== undefined ? !truth(value) : notPlain()),
  string: (value, _second, _third, given) => (given === 1 && value !== undefined ? text(value) : notPlain()),
  trim: (value, _second, _third, given) =>
    given === 1
      ? textual(value)
          .replace(/[ \t\n\r]+/g, ' ')
          .replace(/^ | $/g, '')
      : notPlain(),
  uppercase: (value, _second, _third, given) => (given === 1 ? textual(value).toUpperCase() : notPlain()),
  lowercase: (value, _second, _third, given) => (given === 1 ? textual(value).toLowerCase() : notPlain()),
  contains: (value, part, _third, given) => (given === 2 ? textual(value).includes(textual(part)) : notPlain()),
  substring: (value, start, length, given) => {
    const whole = textual(value);
    if (!Number.isInteger(start) || (given > 2 && !Number.isInteger(length)) || SURROGATE.test(whole))
      return notPlain();
    const from = Math.max(Number(start) < 0 ? whole.length + Number(start) : Number(start), 0);
    return whole.slice(from, given > 2 ? from + Math.max(Number(length), 0) : undefined);
  },
  lookup: () => notPlain(),
};

function fieldName(value: unknown): string {
  return typeof value === 'string' ? value : notPlain();
}

const SURROGATE = /[\ud800-\udfff]/;

function textual(value: Scalar): string {
  return typeof value === 'string' ? value : notPlain();
}

function text(value: Scalar): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return typeof value !== 'number' || Number.isSafeInteger(value) ? String(value) : notPlain();
}

function truth(value: unknown): boolean {
  const single = scalar(value);
  return typeof single === 'number' ? single !== 0 : Boolean(single);
}

function scalar(value: unknown): Scalar {
  if (typeof value === 'object' && value !== null) return notPlain();
  if (typeof value === 'function' || (typeof value === 'number' && !Number.isFinite(value))) return notPlain();
  return value as Scalar;
}

function notPlain(): never {
  // Thrown for control, without the cost of a stack.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw NOT_PLAIN;
}

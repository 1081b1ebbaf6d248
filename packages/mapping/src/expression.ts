import jsonata, { type Expression as Jsonata } from 'jsonata';
import { directly, NOT_PLAIN, Waiting, type Direct, type Variables } from './direct.ts';
import { clipped, ExpressionError, failed, ReferencesUnavailableError } from './faults.ts';
import { checkExpression } from './check-expression.ts';
import { idOf, kindOf, pureFunctions, type Units } from './functions.ts';
import type { MapContext } from './mapping.ts';
import type { Node } from './node.ts';
import { isOfRecord } from './of-record.ts';
import { hasEmptyList } from './plain.ts';
import type { Direction, ReferenceReader } from './references.ts';

/** What an evaluation knows besides its input. */
export interface Scope {
  readonly record: unknown;
  readonly index: number;
  readonly context: MapContext;
  readonly references: ReferenceReader;
  /** What expressions gave that say the same of every item of the record. */
  readonly ofRecord: Map<Expression, Promise<unknown>>;
}

/** A JSONata expression with our functions, bounded. */
export interface Expression {
  readonly text: string;
  /** Throws {@link ExpressionError}, or {@link ReferencesUnavailableError}. */
  evaluate(input: unknown, scope: Scope): Promise<unknown>;
}

export interface ExpressionSettings {
  readonly units: Units;
  /** An id that nobody has told is a fault, not itself. */
  readonly strictReferences: boolean;
  /** Whether it may go without JSONata; true unless set. */
  readonly direct?: boolean;
}

/** Reads one. Throws an Error that says what is wrong with its text. */
export function readExpression(text: string, settings: ExpressionSettings): Expression {
  if (text.length > LONGEST) throw failed(`It has more than ${LONGEST} characters.`);
  const parsed = parse(text);
  const node = parsed.ast() as unknown as Node;
  const pure = pureFunctions(settings.units);
  const functions = new Set([...Object.keys(pure), 'canonical', 'source']);
  checkExpression(node, functions, VARIABLES);
  const makesObjects = text.includes('{');
  for (const [name, implementation] of Object.entries(pure)) parsed.assign(name, implementation);
  parsed.assign(BEFORE_EACH_NODE, countStep);
  const direct = settings.direct === false ? undefined : directly(node, functions, VARIABLES);
  const call = (name: string, given: readonly unknown[], scope: Scope): unknown =>
    name === 'canonical' || name === 'source'
      ? reference(name === 'canonical' ? 'toCanonical' : 'toSource', given, scope, settings.strictReferences)
      : pure[name]?.(...given);
  const evaluate = async (input: unknown, scope: Scope): Promise<unknown> => {
    try {
      const answer = direct ? await plainly(direct, input, scope, call) : NOT_PLAIN;
      return answer === NOT_PLAIN ? await withJsonata(parsed, makesObjects, input, scope, call) : answer;
    } catch (error) {
      throw faultOf(error);
    }
  };
  if (!isOfRecord(node, functions, VARIABLES)) return { text, evaluate };
  const expression: Expression = {
    text,
    evaluate(input, scope) {
      const known = scope.ofRecord.get(expression);
      if (known) return known;
      const answer = evaluate(input, scope);
      scope.ofRecord.set(expression, answer);
      return answer;
    },
  };
  return expression;
}

type Call = (name: string, given: readonly unknown[], scope: Scope) => unknown;

async function plainly(direct: Direct, input: unknown, scope: Scope, call: Call): Promise<unknown> {
  let answered: Map<string, unknown> | undefined;
  const variables: Variables = {
    value: (name) => VALUES[name]?.(scope),
    call(name, given) {
      const answer = call(name, given, scope);
      if (!(answer instanceof Promise)) return answer;
      const key = JSON.stringify([name, given]);
      // Thrown for control, without the cost of a stack.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (!answered?.has(key)) throw new Waiting(key, answer);
      answer.catch(() => undefined);
      return answered.get(key);
    },
  };
  for (;;) {
    try {
      return direct(input, variables);
    } catch (thrown) {
      if (thrown === NOT_PLAIN) return NOT_PLAIN;
      if (!(thrown instanceof Waiting)) throw thrown;
      answered ??= new Map();
      answered.set(thrown.call, await thrown.answer);
    }
  }
}

function withJsonata(
  parsed: Jsonata,
  makesObjects: boolean,
  input: unknown,
  scope: Scope,
  call: Call,
): Promise<unknown> {
  // Where it makes objects of an empty list, JSONata puts something into that list.
  const isAtRisk = makesObjects && (hasEmptyList(scope.record) || hasEmptyList(input));
  return parsed.evaluate(isAtRisk ? structuredClone(input) : input, {
    record: isAtRisk ? structuredClone(scope.record) : scope.record,
    index: scope.index,
    document: scope.context.document,
    system: scope.context.system,
    canonical: (kind: unknown, id: unknown) => call('canonical', [kind, id], scope),
    source: (kind: unknown, id: unknown) => call('source', [kind, id], scope),
  });
}

const VALUES: Readonly<Record<string, (scope: Scope) => unknown>> = {
  record: ({ record }) => record,
  index: ({ index }) => index,
  document: ({ context }) => context.document,
  system: ({ context }) => context.system,
};
const VARIABLES: ReadonlySet<string> = new Set(Object.keys(VALUES));

function reference(direction: Direction, given: readonly unknown[], scope: Scope, strict: boolean): unknown {
  const kind = kindOf(given[0]);
  const id = idOf(given[1]);
  if (id === undefined) return undefined;
  const settle = (found: string | undefined): string => {
    if (found !== undefined) return found;
    if (!strict) return id;
    const whose =
      direction === 'toCanonical' ? `of what ${scope.context.system} calls` : `by which ${scope.context.system} knows`;
    throw new ExpressionError('UNKNOWN_REFERENCE', `Nobody has told the ${kind} ${whose} ${clipped(id)}.`);
  };
  const answer = scope.references.read(direction, kind, id);
  return answer instanceof Promise ? answer.then(settle) : settle(answer);
}

function parse(text: string): Jsonata {
  try {
    return jsonata(text, {
      stack: DEEPEST,
      sequence: LONGEST_SEQUENCE,
      RegexEngine: BoundedRegExp as RegExpConstructor,
    });
  } catch (error) {
    throw failed(messageOf(error));
  }
}

/** JSONata throws plain objects with a message. */
function faultOf(error: unknown): Error {
  if (error instanceof ExpressionError || error instanceof ReferencesUnavailableError) return error;
  return failed(clipped(messageOf(error), 400));
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(error);
}

/** Even an expression that repeats nothing twice takes time that grows with the square of a text of blanks. */
class BoundedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    if (text.length > LONGEST_SEARCHED)
      throw failed(`Expected text of at most ${LONGEST_SEARCHED} characters to search.`);
    return super.exec(text);
  }
}

/** JSONata asks for these by name: https://github.com/jsonata-js/jsonata/blob/v2.0.0/src/jsonata.js */
const BEFORE_EACH_NODE = Symbol.for('jsonata.__evaluate_entry') as unknown as string;

/** Counted, not timed: the same record gives the same answer on a machine that is busy. */
function countStep(_node: unknown, _input: unknown, environment: unknown): void {
  const { base } = environment as { base: { steps?: number } };
  base.steps = (base.steps ?? 0) + 1;
  if (base.steps > MOST_STEPS) throw failed(`It takes more than ${MOST_STEPS} steps.`);
}

const LONGEST = 10_000;
const LONGEST_SEARCHED = 10_000;
const DEEPEST = 200;
const LONGEST_SEQUENCE = 100_000;
const MOST_STEPS = 200_000;

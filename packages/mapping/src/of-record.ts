import { EXTRAS, type Node } from './node.ts';

/**
 * Whether an expression says the same of every item of a record: it reads nothing but `$record`, `$document` and `$system`.
 * False where that is not plain to see.
 */
export function isOfRecord(node: Node, functions: ReadonlySet<string>, variables: ReadonlySet<string>): boolean {
  if (EXTRAS.some((extra) => Object.hasOwn(node, extra))) return false;
  const inner = (each: Node | undefined) => each === undefined || isOfRecord(each, functions, variables);
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value':
      return true;
    case 'variable':
      return node.value !== 'index' && variables.has(String(node.value));
    case 'path':
      return isPathOfRecord(node.steps ?? [], inner);
    case 'block':
      return (node.expressions ?? []).every(inner);
    case 'binary':
      return inner(node.lhs as Node) && inner(node.rhs);
    case 'condition':
      return inner(node.condition) && inner(node.then) && inner(node.else);
    case 'unary':
      return node.value === '[' && (node.expressions ?? []).every(inner);
    case 'function':
      return isContextFree(node, functions) && (node.arguments ?? []).every(inner);
    default:
      return false;
  }
}

function isPathOfRecord([first, ...names]: readonly Node[], inner: (node: Node) => boolean): boolean {
  const arePlain = names.every((step) => step.type === 'name' && !EXTRAS.some((extra) => Object.hasOwn(step, extra)));
  return first?.type === 'variable' && inner(first) && arePlain;
}

/** JSONata gives many of its functions the input for an argument that is left out. */
function isContextFree({ procedure, arguments: given = [] }: Node, functions: ReadonlySet<string>): boolean {
  const name = String(procedure?.value);
  return procedure?.type === 'variable' && (functions.has(name) || (CONTEXT_FREE.has(name) && given.length > 0));
}

/** Those that ask for no more than their first argument. */
const CONTEXT_FREE: ReadonlySet<string> = new Set([
  'boolean',
  'exists',
  'join',
  'lowercase',
  'not',
  'number',
  'string',
  'trim',
  'uppercase',
]);

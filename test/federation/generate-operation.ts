import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { GraphQLCompositeType, GraphQLField, GraphQLInputType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import type { Random } from './random.ts';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/**
 * A random operation: most are valid, but fragments that end up in several places may clash, so validate it. With
 * aliases that swap names or take those of keys and of the object prototype, fragments of every kind, conditions
 * anywhere, variables of every kind, and fields that are repeated with other selections.
 */
export function generateOperation(
  schema: GraphQLSchema,
  random: Random,
  kind: 'query' | 'mutation' | 'subscription',
): RandomOperation {
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }[kind];
  if (!root) throw new Error(`no ${kind}`);
  const writer = new OperationWriter(schema, random);
  return writer.write(kind, root);
}

class OperationWriter {
  #budget: number;
  #isSubscription = false;
  readonly #variables = new Map<string, { type: GraphQLInputType | 'Boolean!'; text: string }>();
  readonly #values: Record<string, unknown> = {};
  readonly #fragments: { name: string; on: string; text: string }[] = [];
  /** What has been selected at each path of response names. */
  readonly #taken = new Map<string, Taken[]>();

  constructor(
    readonly schema: GraphQLSchema,
    readonly random: Random,
  ) {
    this.#budget = 5 + random.int(40);
  }

  write(kind: string, root: GraphQLCompositeType): RandomOperation {
    this.#isSubscription = kind === 'subscription';
    const body = kind === 'subscription' ? this.#rootOfSubscription(root) : this.#selectionSet(root, '', 0);
    const definitions = [...this.#variables].map(([name, { text }]) => `$${name}: ${text}`);
    const head = `${kind} Random${definitions.length > 0 ? `(${definitions.join(', ')})` : ''}`;
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on} ${text}`);
    return { query: [`${head} ${body}`, ...fragments].join('\n'), variables: this.#values };
  }

  /** A subscription has one root field, under no condition. */
  #rootOfSubscription(root: GraphQLCompositeType): string {
    const field = this.random.pick(this.#fieldsOf(root));
    return `{ ${this.#field(root, field, '', 0, field.name)} }`;
  }

  #selectionSet(type: GraphQLCompositeType, path: string, depth: number): string {
    const { random } = this;
    const parts: string[] = [];
    const count = 1 + random.int(depth === 0 ? 4 : 5);
    for (let index = 0; index < count; index++) {
      const part = this.#selection(type, path, depth);
      if (part !== undefined) parts.push(part);
    }
    if (parts.length === 0) parts.push(`__typename${this.#condition(0.1)}`);
    return `{ ${parts.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, path: string, depth: number): string | undefined {
    const { random } = this;
    const fields = this.#fieldsOf(type);
    const chance = random.int(100);
    if (chance < 8)
      return `${random.chance(0.3) ? `${this.#typeNameAlias(path, random.pick(hazards))}: ` : ''}__typename${this.#condition(0.2)}`;
    const isAbstract = !isObjectType(type);
    if (chance < (isAbstract ? 60 : 25) || fields.length === 0) return this.#fragment(type, path, depth);
    if (this.#budget <= 0) return undefined;
    const again = random.chance(0.15) ? this.#taken.get(path) : undefined;
    const repeated = again && again.length > 0 ? random.pick(again) : undefined;
    const same = repeated && repeated.parent === type ? fields.find(({ name }) => name === repeated.name) : undefined;
    if (repeated && same) return this.#written(same, repeated, path, depth);
    return this.#field(type, random.pick(fields), path, depth);
  }

  #field(
    type: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
    path: string,
    depth: number,
    alias?: string,
  ): string | undefined {
    const { random } = this;
    if (depth > 5 && isCompositeType(getNamedType(field.type))) return undefined;
    this.#budget--;
    const args = this.#arguments(field);
    const wanted =
      alias ??
      (random.chance(0.35) ? random.pick([...this.#fieldsOf(type).map(({ name }) => name), ...hazards]) : field.name);
    let responseName = wanted;
    for (
      let suffix = 1;
      !this.#take(path, { responseName, parent: type, name: field.name, args, type: field.type });
      suffix++
    ) {
      responseName = `${wanted}_${suffix}`;
    }
    return this.#written(field, { responseName, parent: type, name: field.name, args, type: field.type }, path, depth);
  }

  #written(
    field: GraphQLField<unknown, unknown>,
    { responseName, name, args }: Taken,
    path: string,
    depth: number,
  ): string {
    const named = getNamedType(field.type);
    const condition = this.#isSubscription && depth === 0 ? '' : this.#condition(0.12);
    const below = isCompositeType(named) ? ` ${this.#selectionSet(named, `${path}/${responseName}`, depth + 1)}` : '';
    return `${responseName === name ? '' : `${responseName}: `}${name}${args}${condition}${below}`;
  }

  #fragment(type: GraphQLCompositeType, path: string, depth: number): string | undefined {
    const { random, schema } = this;
    if (depth > 8 || this.#budget <= 0) return undefined;
    this.#budget--;
    const known = this.#fragments.filter(({ on }) => on === type.name);
    if (known.length > 0 && random.chance(0.25)) return `...${random.pick(known).name}${this.#condition(0.2)}`;
    const related = Object.values(schema.getTypeMap()).filter(
      (other): other is GraphQLCompositeType =>
        isCompositeType(other) && !other.name.startsWith('__') && overlap(schema, type, other),
    );
    const on = random.pick([type, ...related]);
    const text = this.#selectionSet(on, path, depth + 1);
    if (random.chance(0.3)) {
      const name = `F${this.#fragments.length}`;
      this.#fragments.push({ name, on: on.name, text });
      return `...${name}${this.#condition(0.2)}`;
    }
    const typed = on !== type || random.chance(0.6);
    return `...${typed ? ` on ${on.name}` : ''}${this.#condition(0.2)} ${text}`;
  }

  /** Whether a field may be selected at a path beside what is selected there already; remembers it if so. */
  #take(path: string, wanted: Taken): boolean {
    let taken = this.#taken.get(path);
    if (!taken) this.#taken.set(path, (taken = []));
    const clashes = taken.some((each) => each.responseName === wanted.responseName && !canMerge(each, wanted));
    if (!clashes) taken.push(wanted);
    return !clashes;
  }

  #typeNameAlias(path: string, wanted: string): string {
    const taken = this.#taken.get(path) ?? [];
    return taken.some(({ responseName }) => responseName === wanted) ? `${wanted}_type` : wanted;
  }

  #fieldsOf(type: GraphQLCompositeType): GraphQLField<unknown, unknown>[] {
    return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  }

  #condition(probability: number): string {
    const { random } = this;
    let text = '';
    for (const directive of ['skip', 'include']) {
      if (!random.chance(probability / 2)) continue;
      const keeps = directive === 'include';
      const literal = random.chance(0.75) ? keeps : !keeps;
      text += ` @${directive}(if: ${random.chance(0.4) ? String(literal) : `$${this.#flag(literal)}`})`;
    }
    return text;
  }

  #flag(value: boolean): string {
    const { random } = this;
    const known = [...this.#variables].filter(([, { type }]) => type === 'Boolean!').map(([name]) => name);
    if (known.length > 0 && random.chance(0.4)) return random.pick(known);
    const name = this.#variableName('if');
    const text = random.pick(['Boolean!', `Boolean! = ${!value}`, `Boolean! = ${value}`, `Boolean = ${value}`]);
    this.#variables.set(name, { type: 'Boolean!', text });
    if (!text.endsWith(`= ${value}`)) this.#values[name] = value;
    return name;
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.filter((arg) => isNonNullType(arg.type) || this.random.chance(0.6));
    const written = given.map(({ name, type }) => `${name}: ${this.#input(type)}`);
    return written.length > 0 ? `(${written.join(', ')})` : '';
  }

  /** An argument as text: a literal, a variable, or a literal with variables in it. */
  #input(type: GraphQLInputType, depth = 0): string {
    const { random } = this;
    if (random.chance(0.35)) return `$${this.#variable(type)}`;
    if (!isNonNullType(type) && random.chance(0.1)) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const items = Array.from({ length: random.int(3) }, () => this.#input(nullable.ofType, depth));
      const [only = ''] = items;
      return items.length === 1 && !only.startsWith('$') && random.chance(0.4) ? only : `[${items.join(', ')}]`;
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(() => random.chance(depth > 1 ? 0.2 : 0.5));
      return `{ ${fields.map(({ name, type: of }) => `${name}: ${this.#input(of, depth + 1)}`).join(', ')} }`;
    }
    if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
    return literalOf(random, String(nullable));
  }

  #variable(type: GraphQLInputType): string {
    const { random } = this;
    const known = [...this.#variables].filter(([, each]) => String(each.type) === String(type)).map(([name]) => name);
    if (known.length > 0 && random.chance(0.4)) return random.pick(known);
    const name = this.#variableName('v');
    const hasDefault = random.chance(0.3);
    this.#variables.set(name, { type, text: `${String(type)}${hasDefault ? ` = ${valueText(random, type)}` : ''}` });
    const isOptional = hasDefault || !isNonNullType(type);
    if (!isOptional || random.chance(0.7)) this.#values[name] = inputValue(random, type);
    return name;
  }

  #variableName(prefix: string): string {
    const isFree = this.random.chance(0.1) && !this.#variables.has('representations');
    return isFree ? 'representations' : `${prefix}${this.#variables.size}`;
  }
}

interface Taken {
  readonly responseName: string;
  readonly parent: GraphQLCompositeType;
  readonly name: string;
  readonly args: string;
  readonly type: GraphQLOutputType;
}

/** Names that a careless gateway mistakes for something else. */
const hazards = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '_entities', 'data', 'errors'],
  ...['id', 'code', 'a', 'b', 'owner', 'place', 'x', 'slot', 'client_id', 'representations'],
];

/** The rules of overlapping fields, somewhat stricter. */
function canMerge(one: Taken, other: Taken): boolean {
  const mustBeSame = one.parent === other.parent || !isObjectType(one.parent) || !isObjectType(other.parent);
  if (mustBeSame && (one.name !== other.name || one.args !== other.args)) return false;
  const names = [one, other].map(({ type }) => getNamedType(type));
  if (!names.every(isLeafType) && !names.every(isCompositeType)) return false;
  const [shape, otherShape] = [one, other].map(({ type }) => {
    const named = getNamedType(type);
    return isLeafType(named) ? String(type) : String(type).replace(named.name, '');
  });
  return shape === otherShape;
}

function overlap(schema: GraphQLSchema, one: GraphQLCompositeType, other: GraphQLCompositeType): boolean {
  const possible = (type: GraphQLCompositeType) => (isObjectType(type) ? [type] : schema.getPossibleTypes(type));
  return possible(one).some((type) => possible(other).includes(type));
}

function literalOf(random: Random, type: string): string {
  switch (type) {
    case 'Int':
      return String(random.int(5));
    case 'Json':
      return random.pick(['1', '"j"', '{ a: [1, { b: null }] }', '[true, RED]']);
    case 'ID':
      return random.pick(['7', '"seven"']);
    default:
      return random.pick(['"text"', '"""block "quoted" text"""', '"\\u00fc\\n"']);
  }
}

function valueText(random: Random, type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${valueText(random, nullable.ofType)}]`;
  if (isInputObjectType(nullable))
    return random.pick(['{}', '{ min: 2 }', '{ text: null, nested: { colours: [RED] } }']);
  if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
  return !isNonNullType(type) && random.chance(0.2) ? 'null' : literalOf(random, String(nullable));
}

function inputValue(random: Random, type: GraphQLInputType): unknown {
  if (!isNonNullType(type) && random.chance(0.15)) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable)) return Array.from({ length: random.int(3) }, () => inputValue(random, nullable.ofType));
  if (isInputObjectType(nullable)) {
    return random.pick([{}, { min: 1, text: 'given' }, { nested: { nested: { text: null } }, colours: ['GREEN'] }]);
  }
  if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
  if (String(nullable) === 'Int') return random.int(5);
  if (String(nullable) === 'Json')
    return random.pick<unknown>([1, 'j', { a: [{ b: null }] }, JSON.parse('{"__proto__": 1}')]);
  return random.pick(['given', '']);
}

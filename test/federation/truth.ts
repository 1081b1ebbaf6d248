import { GraphQLError } from 'graphql';
import type { Field, FieldSet, Graph } from './graph-model.ts';
import { printType, rootTypes } from './graph-model.ts';
import { hash, randomFrom } from './random.ts';
import type { Random } from './random.ts';

/** An object of the graph; whoever resolves it gets the same values. */
export interface Instance {
  readonly type: string;
  readonly id: string;
  /** Its position among the entities of its type, or that of the entity that it is a key of. */
  readonly index: number;
}

/** The data of a graph: every value follows from the seed, the object, the field and its arguments. */
export class Truth {
  /** Mutations, in the order in which they happened. */
  readonly happened: string[] = [];

  constructor(readonly graph: Graph) {}

  /** The value of a field, for a resolver; throws, or has errors in lists, where the graph is broken on purpose. */
  valueOf(instance: Instance, field: Field, args: Readonly<Record<string, unknown>>, inputs?: unknown): unknown {
    const { type, keyValue } = field;
    if (keyValue) return this.#keyValue(instance, field, keyValue);
    if (field.owner === 'Mutation') this.happened.push(`${field.name}${JSON.stringify(args)}`);
    const subject = `${instance.id}.${field.name}${JSON.stringify(sorted(args))}`;
    const random = randomFrom(hash(`${this.graph.seed} ${subject} ${JSON.stringify(inputs)}`));
    if (!field.safe && random.chance(0.05)) throw fault(field);
    return this.#value(random, field, 0, type.name, subject, instance.index);
  }

  /** The inputs of a `@requires`: a fault within is a null. */
  inputsOf(instance: Instance, set: FieldSet): Record<string, unknown> {
    const model = this.graph.objects.get(instance.type);
    const inputs: Record<string, unknown> = {};
    for (const { name, args, of } of set) {
      const field = model?.fields.get(name);
      if (!field) throw new Error(`${instance.type} has no ${name}`);
      inputs[inputName(name, args)] = this.#plain(() => this.resolve(instance, field, withDefaults(field, args)), of);
    }
    return inputs;
  }

  /** As `valueOf`, with the inputs that the field requires. */
  resolve(instance: Instance, field: Field, args: Readonly<Record<string, unknown>>): unknown {
    return this.valueOf(instance, field, args, field.requires && this.inputsOf(instance, field.requires));
  }

  #keyValue(instance: Instance, field: Field, keyValue: (index: number) => unknown): unknown {
    const { name } = field.type;
    const target = this.graph.objects.get(name);
    if (!target) return keyValue(instance.index);
    if (target.keys.length > 0) return entity(name, keyValue(instance.index) as number);
    return { type: name, id: `${instance.id}.${field.name}`, index: instance.index } satisfies Instance;
  }

  #value(random: Random, field: Field, level: number, name: string, subject: string, index: number): unknown {
    const { nonNull } = field.type;
    const mayBeNull = nonNull[level]
      ? !field.safe && random.chance(0.02)
      : !(field.solid && level === 0) && random.chance(0.12);
    if (mayBeNull) return null;
    if (level < nonNull.length - 1) {
      const length = random.int(nonNull.length > 2 ? 3 : 4);
      return Array.from({ length }, (_, position) =>
        !field.safe && random.chance(0.02)
          ? fault(field)
          : this.#value(random, field, level + 1, name, `${subject}/${position}`, index),
      );
    }
    const type = field.candidates ? random.pick(field.candidates) : name;
    const model = this.graph.objects.get(type);
    if (!model) return leafValue(random, type, field.safe ? this.graph.colour.hidden : undefined);
    if (model.keys.length > 0) return entity(type, random.int(model.count));
    return { type, id: subject, index } satisfies Instance;
  }

  #plain(give: () => unknown, of: FieldSet | undefined): unknown {
    let value: unknown;
    try {
      value = give();
    } catch {
      return null;
    }
    if (value === null || value instanceof Error) return null;
    if (Array.isArray(value)) return value.map((item: unknown) => this.#plain(() => item, of));
    return of ? this.inputsOf(value as Instance, of) : value;
  }
}

export function entity(type: string, index: number): Instance {
  return { type, id: `${type}-${index}`, index };
}

/** The instance that root fields are resolved on. */
export function rootInstance(type: string): Instance {
  if (!rootTypes.includes(type)) throw new Error(`${type} is no root type`);
  return { type, id: type, index: 0 };
}

/** Inputs of one field with different arguments are different inputs. */
export function inputName(name: string, args: Readonly<Record<string, number>> | undefined): string {
  return args ? `${name} ${JSON.stringify(args)}` : name;
}

export function fault({ owner, name, type }: Field): GraphQLError {
  return new GraphQLError(`fault in ${owner}.${name}: ${printType(type)}`);
}

function leafValue(random: Random, type: string, notThis: string | undefined): unknown {
  const number = random.int(1000);
  switch (type) {
    case 'Int':
      return number - 500;
    case 'Float':
      return number / 8;
    case 'Boolean':
      return number % 2 === 0;
    case 'Colour':
      return random.pick(['RED', 'GREEN', 'BLUE'].filter((colour) => colour !== notThis));
    case 'Json':
      return random.pick<unknown>([number, `json ${number}`, { number, deep: [null, { list: [] }] }, [number], false]);
    default:
      return random.pick([`text ${number}`, 'ünïcode "quoted" \\ \u2028', '', String(number)]);
  }
}

function withDefaults(field: Field, given: Readonly<Record<string, number>> = {}): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const { name, defaultValue } of field.args) {
    if (name in given) args[name] = given[name];
    else if (defaultValue !== undefined) args[name] = defaultValue === 'RED' ? 'RED' : Number(defaultValue);
  }
  return args;
}

function sorted(args: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(args).sort(([one], [other]) => (one < other ? -1 : 1)));
}

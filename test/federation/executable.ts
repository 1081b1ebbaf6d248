import { buildSchema, GraphQLError, isAbstractType, isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { InProcessSubgraph } from '@takt/gateway';
import { buildSubgraph } from '../../gateway/test-subgraphs/build-subgraph.ts';
import type { Field, FieldPart, FieldSet, FieldSetItem, Graph, Key, ObjectPart, Subgraph } from './graph-model.ts';
import { printFieldSet } from './graph-model.ts';
import { printMonolith, printSubgraph } from './print-sdl.ts';
import { entity, fault, inputName, rootInstance } from './truth.ts';
import type { Instance, Truth } from './truth.ts';

type Args = Readonly<Record<string, unknown>>;

/** The whole graph in one schema of graphql-js. */
export function monolithSchema(truth: Truth, { lenient = false } = {}): GraphQLSchema {
  const schema = buildSchema(printMonolith(truth.graph, { lenient }));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (instance: Instance) => instance.type;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const definition of Object.values(type.getFields())) {
      const field = fieldOf(truth.graph, type.name, definition.name);
      const resolve = (instance: Instance | undefined, args: Args): unknown => {
        const value = truth.resolve(instance ?? rootInstance(type.name), field, args);
        return lenient ? withFaultsForNulls(field, value, 0) : value;
      };
      definition.resolve = resolve;
      if (type.name !== 'Subscription') continue;
      definition.subscribe = () => eventsOf(field);
      definition.resolve = (event: Event, args: Args) => resolve(event.instance, args);
    }
  }
  return schema;
}

/** A subgraph that serves its part of the graph, and fails loudly when asked for what it must not be asked for. */
export function executableSubgraph(truth: Truth, subgraph: Subgraph): InProcessSubgraph {
  const resolvers: Record<string, Record<string, unknown>> = {};
  const { graph } = truth;
  for (const part of subgraph.objects.values()) {
    const ofType: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const fieldPart of part.fields.values())
      ofType[fieldPart.field.name] = resolverOf(truth, part.name, fieldPart);
    if (part.keys.length > 0) {
      ofType['__resolveReference'] = (reference: Args): Held => referenced(graph, subgraph, part, reference);
    }
    resolvers[part.name] = ofType;
  }
  const typeOf = ({ type }: Held): string => type;
  for (const [name, { key, types }] of subgraph.interfaces) {
    resolvers[name] = { __resolveType: typeOf };
    if (!key) continue;
    resolvers[name]['__resolveReference'] = (reference: Args): Held => {
      const [type] = types.filter((each) => indexOf(graph, each, keyOf(graph, each, key), reference) !== undefined);
      const part = subgraph.objects.get(type ?? '');
      if (!part) throw wrong(`${name} ${JSON.stringify(reference)} does not exist in ${subgraph.name}`);
      return referenced(graph, subgraph, part, reference);
    };
  }
  for (const name of subgraph.unions.keys()) resolvers[name] = { __resolveType: typeOf };
  return buildSubgraph(subgraph.name, printSubgraph(graph, subgraph), resolvers as Parameters<typeof buildSubgraph>[2]);
}

/** An object as a subgraph holds it: also what it was given of other subgraphs. */
interface Held extends Instance {
  readonly reference?: Args;
  readonly provided?: FieldSet;
}

interface Event {
  readonly instance: Instance;
}

function resolverOf(truth: Truth, typeName: string, part: FieldPart): unknown {
  const { external, stale, provides } = part;
  const resolve = (source: Held | undefined, args: Args): unknown => {
    const instance = source ?? rootInstance(typeName);
    // A type's own field: that of an interface that is an object here has the key of one of its types only.
    const field = truth.graph.objects.get(instance.type)?.fields.get(part.field.name) ?? part.field;
    const isProvided = source?.provided?.some(({ name }) => name === field.name) ?? false;
    if (stale || (external && !isProvided && !field.keyValue)) {
      throw wrong(`${typeName}.${field.name} was asked of a subgraph that is not in charge`);
    }
    if (!field.requires || external) return provide(truth.resolve(instance, field, args), provides);
    // Provided on the way here, inputs need not come from elsewhere.
    const { reference, provided = [] } = source ?? {};
    const isGiven = ({ name }: FieldSetItem): boolean => provided.some((each) => each.name === name);
    if (field.requires.every(isGiven)) return provide(truth.resolve(instance, field, args), provides);
    if (!reference) throw wrong(`${typeName}.${field.name} was asked without its inputs`);
    const inputs = given(field.requires, reference, `${typeName}.${field.name}`);
    return provide(truth.valueOf(instance, field, args, inputs), provides);
  };
  if (typeName !== 'Subscription') return resolve;
  return {
    subscribe: () => eventsOf(part.field),
    resolve: (event: Event, args: Args) => provide(truth.resolve(event.instance, part.field, args), provides),
  };
}

function provide(value: unknown, provided: FieldSet | undefined): unknown {
  if (!provided || value === null || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((item) => provide(item, provided));
  return { ...(value as Instance), provided };
}

/** The inputs in a representation, in the order of the `@requires`. */
function given(set: FieldSet, reference: Args, place: string): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const { name, args, of } of set) {
    if (!Object.hasOwn(reference, name)) throw wrong(`${place} was asked without its input ${name}`);
    const value = reference[name];
    inputs[inputName(name, args)] = of ? givenWithin(value, of, place) : value;
  }
  return inputs;
}

function givenWithin(value: unknown, of: FieldSet, place: string): unknown {
  if (Array.isArray(value)) return value.map((item) => givenWithin(item, of, place));
  return value === null ? null : given(of, value as Args, place);
}

function referenced(graph: Graph, subgraph: Subgraph, part: ObjectPart, reference: Args): Held {
  const types = subgraph.interfaceObjects.has(part.name)
    ? (graph.abstractTypes.get(part.name)?.members ?? [])
    : [part.name];
  for (const { key, resolvable } of part.keys) {
    if (!resolvable) continue;
    for (const type of types) {
      const index = indexOf(graph, type, keyOf(graph, type, key), reference);
      if (index !== undefined) return { ...entity(type, index), reference };
    }
  }
  throw wrong(`${part.name} ${JSON.stringify(reference)} has no key that ${subgraph.name} resolves`);
}

/** A type's own key of the same fields: the key of an interface has the values of one of its types only. */
function keyOf(graph: Graph, type: string, { fields }: Key): Key {
  const own = graph.objects.get(type)?.keys.find((each) => printFieldSet(each.fields) === printFieldSet(fields));
  if (!own) throw new Error(`${type} has no such key`);
  return own;
}

function indexOf(graph: Graph, type: string, key: Key, reference: Args): number | undefined {
  for (let index = 0; index < (graph.objects.get(type)?.count ?? 0); index++) {
    if (contains(reference, key.valueOf(index))) return index;
  }
  return undefined;
}

function contains(value: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return value === part;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(part).every(([name, each]) => contains((value as Args)[name], each));
}

async function* eventsOf(field: Field): AsyncGenerator<Event> {
  for (let index = 0; index < 3; index++) {
    yield await Promise.resolve({
      instance: { ...rootInstance('Subscription'), id: `event ${index} of ${field.name}` },
    });
  }
}

function withFaultsForNulls(field: Field, value: unknown, level: number): unknown {
  if (value === null) return field.type.nonNull[level] ? fault(field) : null;
  return Array.isArray(value) ? value.map((item) => withFaultsForNulls(field, item, level + 1)) : value;
}

function fieldOf({ objects, abstractTypes }: Graph, typeName: string, name: string): Field {
  const added = [...abstractTypes.values()].filter(({ members }) => members.includes(typeName));
  const field = objects.get(typeName)?.fields.get(name) ?? added.flatMap((each) => each.added.get(name) ?? [])[0];
  if (!field) throw new Error(`${typeName} has no ${name}`);
  return field;
}

function wrong(message: string): GraphQLError {
  return new GraphQLError(`wrong: ${message}`);
}

import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isAbstractType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, Kind } from 'graphql';
import type { FieldNode, GraphQLObjectType, GraphQLOutputType, GraphQLSchema, SelectionNode } from 'graphql';
import type { FlattenPath } from '../flatten-path.ts';
import type { FieldShape, SelectionShape, ValueShape } from '../response-shape.ts';
import { keyOf, NotCompilable } from './fetch-graph.ts';
import type { PlannedFetch } from './fetch-graph.ts';
import { customPattern, leafPattern, listPattern, nullablePattern, objectPattern } from './json-patterns.ts';
import { isHole } from './object-plan.ts';
import type { EntityPlan, FieldPlan, Hole, Join, Need, ObjectPlan, ValuePlan } from './object-plan.ts';
import { selectionsOf, withoutConditions } from './rewritten-selections.ts';
import { neededFields, sourceFields } from './source-fields.ts';
import type { SourceFields } from './source-fields.ts';

/** Where the objects of an entity fetch are found in data that is named as the rewritten fetches name it. */
export interface JoinTarget {
  readonly path: FlattenPath;
  readonly join: Join;
}

/** What building the plans of an operation starts from. */
export interface PlanContext {
  readonly apiSchema: GraphQLSchema;
  readonly fullSchema: GraphQLSchema;
  /** Names of interfaces that some subgraph knows only as an object type. */
  readonly interfaceObjects: ReadonlySet<string>;
  readonly fetches: readonly PlannedFetch[];
  /** How deep the values of custom scalars may nest to be recognised. */
  readonly scalarDepth: number;
  /** No name of the operation begins so. */
  readonly prefix: string;
  readonly isIncluded: Parameters<typeof sourceFields>[3];
}

export interface BuiltPlans {
  readonly root: ObjectPlan;
  /** By fetch and type of the entity; a fetch of root fields has the root type's. A fetch that is missing is not needed. */
  readonly entities: ReadonlyMap<number, ReadonlyMap<string, EntityPlan>>;
  readonly targets: ReadonlyMap<number, readonly JoinTarget[]>;
}

/** Identical fetches at several places turn out to be used differently: they must be kept apart. */
export class KeepApart extends Error {
  constructor(readonly key: string) {
    super('used differently');
  }
}

/** Works out where each value of the response comes from. Throws {@link NotCompilable} and {@link KeepApart}. */
export function buildPlans(context: PlanContext, rootType: GraphQLObjectType, shape: SelectionShape): BuiltPlans {
  const builder = new PlanBuilder(context);
  const root = builder.root(rootType, shape);
  return { root, entities: builder.entities, targets: builder.targets };
}

/** What gives the fields of an object: the fetch that gives the object itself, or one that adds to it. */
interface Source {
  readonly slot: number;
  readonly from: Origin;
  readonly fields: SourceFields;
  readonly hidden: FieldPlan[];
  captures: number;
  nests: number;
}

/** One text in which an object lies. */
interface Origin {
  readonly fetch: PlannedFetch;
  readonly selections: readonly SelectionNode[];
  /** The name of the next field that only the gateway needs. */
  readonly nextName: () => string;
}

interface Place {
  /** In the plan's names. */
  readonly path: FlattenPath;
  /** In the rewritten fetches' names. */
  readonly dataPath: FlattenPath;
}

interface BuiltObject {
  readonly plan: ObjectPlan;
  readonly needs: ReadonlyMap<string, Need>;
}

class PlanBuilder {
  readonly entities = new Map<number, Map<string, EntityPlan>>();
  readonly targets = new Map<number, JoinTarget[]>();
  readonly #typeNumbers = new Map<string, number>();

  constructor(readonly context: PlanContext) {}

  root(type: GraphQLObjectType, shape: SelectionShape): ObjectPlan {
    const fetches = this.context.fetches.filter(({ requires }) => !requires);
    const origins = fetches.map((fetch) => this.#origin(fetch, fetch.operation.selectionSet.selections, type.name));
    return this.#object({ path: [], dataPath: [] }, type, shape, undefined, [], origins).plan;
  }

  /** An object of a type at a place: `own` gives it, `roots` (at the root only) and entity fetches add to it. */
  #object(
    place: Place,
    type: GraphQLObjectType,
    shape: SelectionShape | undefined,
    own: Origin | undefined,
    needs: readonly QueryPlanSelectionNode[],
    roots: readonly Origin[] = [],
  ): BuiltObject {
    const { fullSchema } = this.context;
    const visible = shape?.fieldsOf(this.#apiType(type)) ?? [];
    if (visible.some(({ kind }) => kind === 'introspection')) throw new NotCompilable('introspection');
    const candidates = [...(own ? [own] : []), ...roots, ...this.#entityOrigins(place.path, type)];
    const fieldsOf = (origin: Origin) =>
      sourceFields(fullSchema, origin.selections, type.name, this.context.isIncluded);
    const all = candidates.map((from) => ({ from, fields: fieldsOf(from) }));
    const originOf = (name: string): Origin => {
      const found = all.find(({ fields }) => fields.has(name));
      if (!found) throw new NotCompilable(`no source of ${type.name}.${name}`);
      return found.from;
    };

    // Which sources are needed at all: those of what the client sees, and of what those need in turn.
    const needed = neededFields(fullSchema, needs, type.name);
    const used = new Set<Origin>(own ? [own] : []);
    const needsOf = new Map<Origin, ReturnType<typeof neededFields>>();
    const use = (name: string): void => {
      const origin = originOf(name);
      if (used.has(origin)) return;
      used.add(origin);
      const { requires } = origin.fetch;
      if (!requires || origin === own) return;
      const inputs = neededFields(fullSchema, requires, type.name);
      needsOf.set(origin, inputs);
      for (const each of inputs.keys()) if (each !== '__typename') use(each);
    };
    for (const field of visible) if (field.kind === 'value') use(field.fetchedName);
    for (const name of needed.keys()) if (name !== '__typename') use(name);

    const sources: Source[] = [];
    const joined: Origin[] = [];
    for (const { from, fields } of all) {
      if (!used.has(from)) continue;
      const slot = from === own ? -1 : joined.push(from) - 1;
      sources.push({ slot, from, fields, hidden: [], captures: 0, nests: 0 });
    }
    const sourceOf = (name: string): Source => {
      const source = sources.find(({ fields }) => fields.has(name));
      if (!source) throw new NotCompilable(`no source of ${type.name}.${name}`);
      return source;
    };

    // All that representations need of this object, by name.
    const wanted = new Map<string, QueryPlanSelectionNode[] | undefined>();
    for (const each of [needed, ...needsOf.values()]) {
      for (const [name, selections] of each) {
        wanted.set(name, selections ? [...(wanted.get(name) ?? []), ...selections] : undefined);
      }
    }

    const seen = new Map<string, { source: Source; field: FieldPlan; fields: ReadonlyMap<string, Need> }>();
    const elements: { source: Source | undefined; field: FieldPlan; shape: FieldShape }[] = [];
    const structured = new Set<string>();
    const flatNeeds = new Map<string, ValuePlan>();
    for (const [name, selections] of wanted) {
      if (name === '__typename') continue;
      const nodes = sourceOf(name).fields.get(name) ?? [];
      const flat = this.#flatNeed(type, nodes, selections);
      if (flat) flatNeeds.set(name, flat);
      else structured.add(name);
    }

    for (const field of visible) {
      if (field.kind === 'typename') {
        const plan = fieldPlan(field.responseName, [typenameNode], flat(`"${type.name}"`));
        elements.push({ source: sources.find(({ slot }) => slot === -1), field: plan, shape: field });
        continue;
      }
      const source = sourceOf(field.fetchedName);
      const nodes = source.fields.get(field.fetchedName) ?? [];
      const isNeeded = structured.has(field.fetchedName) && !seen.has(field.fetchedName);
      const built = this.#visibleValue(
        field,
        source.from,
        nodes,
        below(place, field.fetchedName, field.responseName),
        isNeeded ? (wanted.get(field.fetchedName) ?? []) : [],
      );
      const plan = fieldPlan(field.responseName, nodes, built.value);
      elements.push({ source, field: plan, shape: field });
      if (!seen.has(field.fetchedName)) seen.set(field.fetchedName, { source, field: plan, fields: built.needs });
    }

    const found = new Map<string, Need>();
    for (const [name, selections] of wanted) {
      if (name === '__typename') {
        found.set(name, { kind: 'typename', name, typeName: type.name });
        continue;
      }
      const source = sourceOf(name);
      const { slot } = source;
      const nodes = source.fields.get(name) ?? [];
      const shown = seen.get(name);
      const flat = flatNeeds.get(name);
      if (flat) {
        let field = shown?.field;
        if (!field || selections !== undefined || field.value.kind !== 'flat') {
          field = fieldPlan(source.from.nextName(), nodes, flat);
          source.hidden.push(field);
        }
        field.capture ??= source.captures++;
        found.set(name, { kind: 'text', name, slot, capture: field.capture, responseName: field.responseName });
        continue;
      }
      let field = shown?.field;
      let fields = shown?.fields;
      if (!field || !fields) {
        const responseName = source.from.nextName();
        const outputType = fieldTypeOf(fullSchema, type, nodes);
        const built = this.#value(
          outputType,
          false,
          undefined,
          { ...source.from, selections: selectionsBelow(nodes) },
          below(place, name, responseName),
          selections ?? [],
          false,
        );
        field = fieldPlan(responseName, nodes, built.value);
        fields = built.needs;
        source.hidden.push(field);
      }
      field.nest ??= source.nests++;
      found.set(name, {
        kind: 'objects',
        name,
        slot,
        nest: field.nest,
        responseName: field.responseName,
        typeName: this.#nameOfObjects(type, nodes),
        fields: [...fields.values()],
      });
    }

    const sends: string[] = [];
    const joins = joined.map((origin): Join => {
      const wants = needsOf.get(origin);
      const representation = wants ? this.#representation(wants, found, type, origin, sourceOf) : [];
      const signature = JSON.stringify(representation);
      const sendsAs = sends.includes(signature) ? sends.indexOf(signature) : sends.length;
      sends.push(signature);
      return { fetch: origin.fetch.id, typeName: type.name, representation, sendsAs };
    });
    const parts = this.#parts(elements, sources, type, joined);
    const primary = sources.find(({ slot }) => slot === -1);
    const plan: ObjectPlan = {
      typeName: type.name,
      hidden: primary?.hidden ?? [],
      parts,
      joins,
      captures: primary?.captures ?? 0,
      nests: primary?.nests ?? 0,
    };
    for (const join of joins) {
      const known = this.targets.get(join.fetch);
      const target = { path: place.dataPath, join };
      if (known) known.push(target);
      else this.targets.set(join.fetch, [target]);
    }
    return { plan, needs: found };
  }

  /** Groups what the client sees into what comes with the object and runs of the others, and keeps those runs. */
  #parts(
    elements: readonly { source: Source | undefined; field: FieldPlan; shape: FieldShape }[],
    sources: readonly Source[],
    type: GraphQLObjectType,
    joined: readonly Origin[],
  ): (FieldPlan | Hole)[] {
    const parts: (FieldPlan | Hole)[] = [];
    const runs = new Map<Source, FieldPlan[][]>(sources.map((source) => [source, []]));
    let previous: Source | undefined;
    for (const { source, field, shape } of elements) {
      if (!source || source.slot < 0) {
        parts.push(field);
        previous = undefined;
        continue;
      }
      const own = runs.get(source) ?? [];
      if (source !== previous) parts.push({ slot: source.slot, run: own.push([]) - 1, absent: '' });
      own.at(-1)?.push(field);
      const hole = parts.at(-1) as Hole;
      const isNullable = shape.value.kind !== 'nonNull' && hole.absent !== undefined;
      const absent = isNullable ? [hole.absent, `"${field.responseName}":null`].filter(Boolean).join(',') : undefined;
      parts[parts.length - 1] = { ...hole, absent };
      previous = source;
    }
    for (const source of sources) {
      if (source.slot < 0) continue;
      const { fetch } = joined[source.slot] as Origin;
      const plan: EntityPlan = {
        typeName: type.name,
        hidden: source.hidden,
        runs: runs.get(source) ?? [],
        captures: source.captures,
        nests: source.nests,
      };
      const byType = this.entities.get(fetch.id) ?? new Map<string, EntityPlan>();
      this.entities.set(fetch.id, byType);
      const known = byType.get(type.name);
      if (known && signatureOf(known) !== signatureOf(plan)) throw new KeepApart(keyOf(fetch));
      if (!known) byType.set(type.name, plan);
    }
    return parts;
  }

  #representation(
    wants: ReturnType<typeof neededFields>,
    found: ReadonlyMap<string, Need>,
    type: GraphQLObjectType,
    origin: Origin,
    sourceOf: (name: string) => Source,
  ): Need[] {
    return [...wants].map(([name, selections]) => {
      const need = found.get(name);
      if (!need) throw new NotCompilable(`no source of ${type.name}.${name}`);
      if (need.kind === 'typename') return need;
      const { from } = sourceOf(name);
      if (from.fetch !== origin.fetch && from.fetch.requires && from.fetch.id > origin.fetch.id) {
        throw new NotCompilable('a value that comes later');
      }
      return narrowed(this.context.fullSchema, need, selections);
    });
  }

  #visibleValue(
    field: FieldShape,
    from: Origin,
    nodes: readonly FieldNode[],
    place: Place,
    needs: readonly QueryPlanSelectionNode[],
  ): { value: ValuePlan; needs: ReadonlyMap<string, Need> } {
    const type = field.parentType.getFields()[field.fieldName]?.type;
    if (!type) throw new NotCompilable('an unknown field');
    const selections = selectionsBelow(nodes);
    return this.#value(type, true, selectionWithin(field.value), { ...from, selections }, place, needs, false);
  }

  /** `strict`: the client sees it, so that only what the API schema allows is recognised. */
  #value(
    type: GraphQLOutputType,
    strict: boolean,
    shape: SelectionShape | undefined,
    from: Origin,
    place: Place,
    needs: readonly QueryPlanSelectionNode[],
    inList: boolean,
  ): { value: ValuePlan; needs: ReadonlyMap<string, Need> } {
    const { scalarDepth, apiSchema, interfaceObjects } = this.context;
    const nullable = !strict || !isNonNullType(type);
    const bare = isNonNullType(type) ? type.ofType : type;
    if (isLeafType(bare)) {
      const pattern = strict ? leafPattern(bare, scalarDepth) : customPattern(Math.max(scalarDepth, 1));
      return { value: flat(nullable ? nullablePattern(pattern) : pattern), needs: none };
    }
    if (isListType(bare)) {
      const within = { path: [...place.path, '@'], dataPath: [...place.dataPath, '@'] };
      const element = this.#value(bare.ofType, strict, shape, from, within, needs, true);
      const { value } = element;
      if (value.kind === 'flat' && (inList || !value.selections)) {
        const pattern = listPattern(value.pattern);
        return { value: flat(nullable ? nullablePattern(pattern) : pattern, value.selections), needs: none };
      }
      return { value: { kind: 'list', nullable, of: value }, needs: element.needs };
    }
    if (isInterfaceType(bare) && interfaceObjects.has(bare.name)) throw new NotCompilable('@interfaceObject');
    if (isObjectType(bare)) {
      const built = this.#object(place, bare, shape, from, needs);
      const whole = flatObject(built.plan);
      if (whole && (inList || !whole.includesList)) {
        return {
          value: flat(nullable ? nullablePattern(whole.pattern) : whole.pattern, whole.selections),
          needs: none,
        };
      }
      const byType = new Map([[bare.name, built.plan]]);
      return { value: { kind: 'object', nullable, byType, discriminated: false }, needs: built.needs };
    }
    if (needs.length > 0) throw new NotCompilable('needs of an abstract type');
    const possible = apiSchema.getPossibleTypes(bare);
    if (possible.length > maxPossibleTypes) throw new NotCompilable('many possible types');
    const byType = new Map(possible.map((each) => [each.name, this.#object(place, each, shape, from, []).plan]));
    return { value: { kind: 'object', nullable, byType, discriminated: true }, needs: none };
  }

  /** A value that a representation takes as it is; undefined if other fetches add to what is needed of it. */
  #flatNeed(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    selections: readonly QueryPlanSelectionNode[] | undefined,
  ): ValuePlan | undefined {
    const { fullSchema, scalarDepth, isIncluded } = this.context;
    const wrap = (outputType: GraphQLOutputType): ValuePlan | undefined => {
      const bare = isNonNullType(outputType) ? outputType.ofType : outputType;
      if (isLeafType(bare)) return flat(nullablePattern(customPattern(Math.max(scalarDepth, 1))));
      if (isListType(bare)) {
        const of = wrap(bare.ofType);
        return of?.kind === 'flat' ? flat(nullablePattern(listPattern(of.pattern)), of.selections) : undefined;
      }
      if (isAbstractType(bare) || !isObjectType(bare)) throw new NotCompilable('needs of an abstract type');
      const needs = neededFields(fullSchema, selections ?? [], bare.name);
      const fields = sourceFields(fullSchema, selectionsBelow(nodes), bare.name, isIncluded);
      const kept: FieldNode[] = [];
      const patterns: [string, string][] = [];
      for (const [name, below_] of needs) {
        if (name === '__typename') {
          kept.push(typenameNode);
          patterns.push([name, `"${bare.name}"`]);
          continue;
        }
        const inner = fields.get(name);
        if (!inner) return undefined;
        const value = this.#flatNeed(bare, inner, below_);
        if (value?.kind !== 'flat') return undefined;
        kept.push(...selectionsOf([fieldPlan(name, inner, value)], ''));
        patterns.push([name, value.pattern]);
      }
      return flat(nullablePattern(objectPattern(patterns)), kept);
    };
    return wrap(fieldTypeOf(fullSchema, type, nodes));
  }

  #nameOfObjects(type: GraphQLObjectType, nodes: readonly FieldNode[]): string {
    let named = fieldTypeOf(this.context.fullSchema, type, nodes);
    while (isNonNullType(named) || isListType(named)) named = named.ofType as GraphQLOutputType;
    return String(named);
  }

  #entityOrigins(path: FlattenPath, type: GraphQLObjectType): Origin[] {
    const { fetches, fullSchema, isIncluded } = this.context;
    return fetches.flatMap((fetch) => {
      if (!fetch.requires || !fetch.paths.some((each) => samePath(each, path))) return [];
      if (neededFields(fullSchema, fetch.requires, type.name).size === 0) return [];
      const operationFields = sourceFields(fullSchema, fetch.operation.selectionSet.selections, 'Query', isIncluded);
      const selections = selectionsBelow(operationFields.get('_entities') ?? []);
      return [this.#origin(fetch, selections, type.name)];
    });
  }

  #origin(fetch: PlannedFetch, selections: readonly SelectionNode[], typeName: string): Origin {
    let type = this.#typeNumbers.get(typeName);
    if (type === undefined) this.#typeNumbers.set(typeName, (type = this.#typeNumbers.size));
    const start = `${this.context.prefix}${fetch.id.toString(36)}_${type.toString(36)}_`;
    let next = 0;
    return { fetch, selections, nextName: () => start + (next++).toString(36) };
  }

  #apiType(type: GraphQLObjectType): GraphQLObjectType {
    const known = this.context.apiSchema.getType(type.name);
    return isObjectType(known) ? known : type;
  }
}

const maxPossibleTypes = 30;
const none: ReadonlyMap<string, Need> = new Map();
const typenameNode: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function flat(pattern: string, selections?: readonly SelectionNode[]): ValuePlan & { kind: 'flat' } {
  return { kind: 'flat', pattern, ...(selections && { selections }) };
}

function fieldPlan(responseName: string, nodes: readonly FieldNode[], value: ValuePlan): FieldPlan {
  const [node] = nodes;
  if (!node) throw new NotCompilable('an unknown field');
  return { responseName, node: withoutConditions(node), value, capture: undefined, nest: undefined };
}

/** The pattern of an object that nothing is added to, taken from, or needed of. */
function flatObject(
  plan: ObjectPlan,
): { pattern: string; selections: readonly SelectionNode[]; includesList: boolean } | undefined {
  if (plan.hidden.length > 0 || plan.joins.length > 0 || plan.captures > 0 || plan.nests > 0) return undefined;
  const patterns: [string, string][] = [];
  for (const part of plan.parts) {
    if (isHole(part) || part.value.kind !== 'flat') {
      const value = isHole(part) ? undefined : flattened(part.value);
      if (isHole(part) || !value) return undefined;
      patterns.push([part.responseName, value]);
    } else patterns.push([part.responseName, part.value.pattern]);
  }
  const fields = plan.parts.filter((part): part is FieldPlan => !isHole(part));
  const includesList = fields.some(({ value }) => value.kind !== 'flat');
  return { pattern: objectPattern(patterns), selections: selectionsOf(fields, ''), includesList };
}

/** The pattern of lists and objects that could be read step by step, but need not be. */
function flattened(value: ValuePlan): string | undefined {
  if (value.kind === 'flat') return value.pattern;
  if (value.kind === 'list') {
    const of = flattened(value.of);
    if (of === undefined) return undefined;
    return value.nullable ? nullablePattern(listPattern(of)) : listPattern(of);
  }
  const [plan] = value.byType.values();
  const whole = !value.discriminated && plan ? flatObject(plan) : undefined;
  if (!whole) return undefined;
  return value.nullable ? nullablePattern(whole.pattern) : whole.pattern;
}

/** Only what one fetch needs of what all of them need. */
function narrowed(schema: GraphQLSchema, need: Need, selections: readonly QueryPlanSelectionNode[] | undefined): Need {
  if (need.kind !== 'objects' || !selections) return need;
  const byName = new Map(need.fields.map((each) => [each.name, each]));
  const fields = [...neededFields(schema, selections, need.typeName)].map(([name, below_]) => {
    const field = byName.get(name);
    if (!field) throw new NotCompilable(`no source of ${need.typeName}.${name}`);
    return narrowed(schema, field, below_);
  });
  return { ...need, fields };
}

function selectionWithin(value: ValueShape): SelectionShape | undefined {
  if (value.kind === 'nonNull' || value.kind === 'list') return selectionWithin(value.of);
  return value.kind === 'object' ? value.selection : undefined;
}

function selectionsBelow(nodes: readonly FieldNode[]): readonly SelectionNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
}

function fieldTypeOf(schema: GraphQLSchema, type: GraphQLObjectType, nodes: readonly FieldNode[]): GraphQLOutputType {
  const full = schema.getType(type.name);
  const field = isObjectType(full) ? full.getFields()[nodes[0]?.name.value ?? ''] : undefined;
  if (!field) throw new NotCompilable(`no field ${type.name}.${nodes[0]?.name.value}`);
  return field.type;
}

function below(place: Place, name: string, responseName: string): Place {
  return { path: [...place.path, name], dataPath: [...place.dataPath, responseName] };
}

function samePath(one: FlattenPath, other: FlattenPath): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}

function signatureOf(plan: EntityPlan): string {
  return JSON.stringify(plan, (_key, value: unknown) => (value instanceof Map ? [...value.entries()] : value));
}

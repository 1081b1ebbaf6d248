import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isAbstractType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { FieldNode, GraphQLAbstractType, GraphQLObjectType, GraphQLOutputType, SelectionNode } from 'graphql';
import type { FlattenPath } from '../flatten-path.ts';
import type { FieldShape, SelectionShape, ValueShape } from '../response-shape.ts';
import { keyOf, NotCompilable } from './fetch-graph.ts';
import type { PlannedFetch } from './fetch-graph.ts';
import {
  fieldPlan,
  fieldTypeOf,
  flat,
  flatNeed,
  flatObject,
  leafPlan,
  namedTypeOf,
  selectionsBelow,
  typenameNode,
} from './flat-values.ts';
import { listPattern, maxPatternLength, nullablePattern } from './json-patterns.ts';
import { isHole } from './object-plan.ts';
import { narrowedNeed } from './narrowed-need.ts';
import type { EntityPlan, FieldPlan, Hole, Join, Need, ObjectPlan, ValuePlan } from './object-plan.ts';
import { chooseSources } from './object-sources.ts';
import type { Origin, Source } from './object-sources.ts';
import { below, samePath } from './place.ts';
import type { Place } from './place.ts';
import type { PlanContext } from './plan-context.ts';
import { neededFields, sourceFields } from './source-fields.ts';
import type { NeededFields } from './source-fields.ts';

/** Where the objects of an entity fetch are found in data that is named as the rewritten fetches name it. */
export interface JoinTarget {
  readonly path: FlattenPath;
  readonly join: Join;
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

interface BuiltObject {
  readonly plan: ObjectPlan;
  readonly needs: ReadonlyMap<string, Need>;
}

class PlanBuilder {
  readonly entities = new Map<number, Map<string, EntityPlan>>();
  readonly targets = new Map<number, JoinTarget[]>();
  readonly #typeNumbers = new Map<string, number>();
  #objects = 0;

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
    if (++this.#objects > maxObjects) throw new NotCompilable('size');
    const { fullSchema } = this.context;
    const visible = shape?.fieldsOf(this.#apiType(type)) ?? [];
    if (visible.some(({ kind }) => kind === 'introspection')) throw new NotCompilable('introspection');
    const origins = [...(own ? [own] : []), ...roots, ...this.#entityOrigins(place.path, type)];
    const { sources, joined, needsOf, wanted, sourceOf } = chooseSources(this.context, type.name, {
      own,
      origins,
      visible: visible.flatMap(({ kind, fetchedName }) => (kind === 'value' ? [fetchedName] : [])),
      needs: neededFields(fullSchema, needs, type.name),
    });

    const seen = new Map<string, { source: Source; field: FieldPlan; fields: ReadonlyMap<string, Need> }>();
    const elements: { source: Source | undefined; field: FieldPlan; shape: FieldShape }[] = [];
    const structured = new Set<string>();
    const flatNeeds = new Map<string, ValuePlan>();
    for (const [name, selections] of wanted) {
      if (name === '__typename') continue;
      const nodes = sourceOf(name).fields.get(name) ?? [];
      const flat = flatNeed(this.context, type, nodes, selections);
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
      const { slot, from } = source;
      const fetch = from.fetch.id;
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
        found.set(name, { kind: 'text', name, fetch, slot, capture: field.capture, responseName: field.responseName });
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
        fetch,
        slot,
        nest: field.nest,
        responseName: field.responseName,
        typeName: namedTypeOf(fullSchema, type, nodes),
        fields: [...fields.values()],
      });
    }

    const representations = joined.map((origin) => {
      const wants = needsOf.get(origin);
      return wants ? this.#representation(wants, found, type, origin) : [];
    });
    const sent = representations.map((representation) => JSON.stringify(representation));
    const joins = joined.map((origin, slot): Join => {
      const isShared = sent.filter((each) => each === sent[slot]).length > 1;
      return {
        fetch: origin.fetch.id,
        typeName: type.name,
        representation: representations[slot] ?? [],
        sendsAs: isShared ? sent.indexOf(sent[slot] ?? '') : undefined,
      };
    });
    const parts = this.#parts(elements, sources, type, joined);
    const primary = sources.find(({ slot }) => slot === -1);
    // Something has to be selected of an object.
    if (primary?.hidden.length === 0 && !place.isTyped && parts.every(isHole)) {
      primary.hidden.push(fieldPlan(primary.from.nextName(), [typenameNode], flat(`"${type.name}"`)));
    }
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
    wants: NeededFields,
    found: ReadonlyMap<string, Need>,
    type: GraphQLObjectType,
    origin: Origin,
  ): Need[] {
    return [...wants].map(([name, selections]) => {
      const need = found.get(name);
      if (!need) throw new NotCompilable(`no source of ${type.name}.${name}`);
      return narrowedNeed(this.context.fullSchema, need, selections, this.context.before(origin.fetch.id));
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
    const { scalarDepth, interfaceObjects } = this.context;
    const nullable = !strict || !isNonNullType(type);
    const bare = isNonNullType(type) ? type.ofType : type;
    if (isLeafType(bare)) {
      return { value: leafPlan(bare, { strict, nullable, scalarDepth }), needs: none };
    }
    if (isListType(bare)) {
      const within = { path: [...place.path, '@'], dataPath: [...place.dataPath, '@'] };
      const element = this.#value(bare.ofType, strict, shape, from, within, needs, true);
      const { value } = element;
      const pattern = value.kind === 'flat' ? listPattern(value.pattern) : '';
      if (value.kind === 'flat' && (inList || !value.selections) && pattern.length <= maxPatternLength) {
        return { value: flat(nullable ? nullablePattern(pattern) : pattern, value.selections), needs: none };
      }
      return { value: { kind: 'list', nullable, of: value }, needs: element.needs };
    }
    if (isInterfaceType(bare) && interfaceObjects.has(bare.name)) throw new NotCompilable('@interfaceObject');
    if (isObjectType(bare)) {
      const built = this.#object(place, bare, shape, from, needs);
      const whole = flatObject(built.plan);
      if (whole && (inList || !whole.includesList) && whole.pattern.length <= maxPatternLength) {
        return {
          value: flat(nullable ? nullablePattern(whole.pattern) : whole.pattern, whole.selections),
          needs: none,
        };
      }
      const byType = new Map([[bare.name, built.plan]]);
      return { value: { kind: 'object', nullable, byType, discriminated: false }, needs: built.needs };
    }
    if (needs.length > 0) throw new NotCompilable('needs of an abstract type');
    const possible = this.#possibleTypes(bare, from);
    if (possible.length > maxPossibleTypes) throw new NotCompilable('many possible types');
    const byType = new Map(
      possible.map((each) => [each.name, this.#object({ ...place, isTyped: true }, each, shape, from, []).plan]),
    );
    return { value: { kind: 'object', nullable, byType, discriminated: true }, needs: none };
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

  /** Those that clients may see and that the subgraph knows. */
  #possibleTypes(type: GraphQLAbstractType, { fetch }: Origin): readonly GraphQLObjectType[] {
    const { apiSchema, subgraphSchema } = this.context;
    const schema = subgraphSchema(fetch.service);
    const served = schema?.getType(type.name);
    return apiSchema.getPossibleTypes(type).filter(({ name }) => {
      const known = schema?.getType(name);
      return !schema || (isObjectType(known) && (!isAbstractType(served) || schema.isSubType(served, known)));
    });
  }

  #apiType(type: GraphQLObjectType): GraphQLObjectType {
    const known = this.context.apiSchema.getType(type.name);
    return isObjectType(known) ? known : type;
  }
}

const maxPossibleTypes = 30;
/** Possible types multiply from level to level. */
const maxObjects = 1_000;
const none: ReadonlyMap<string, Need> = new Map();

function selectionWithin(value: ValueShape): SelectionShape | undefined {
  if (value.kind === 'nonNull' || value.kind === 'list') return selectionWithin(value.of);
  return value.kind === 'object' ? value.selection : undefined;
}

function signatureOf(plan: EntityPlan): string {
  return JSON.stringify(plan, (_key, value: unknown) => (value instanceof Map ? [...value.entries()] : value));
}

import {
  AuthenticatedSpecDefinition,
  baseType,
  ContextSpecDefinition,
  isInterfaceType,
  isObjectType,
  isUnionType,
  PolicySpecDefinition,
  RequiresScopesSpecDefinition,
} from '@apollo/federation-internals';
import type {
  Directive,
  FieldDefinition,
  InterfaceType,
  NamedType,
  ObjectType,
  Schema,
  SchemaElement,
} from '@apollo/federation-internals';
import { Kind, parse } from 'graphql';
import type { SelectionSetNode } from 'graphql';

/** Something that a caller must have to see a field: one `@authenticated`, `@requiresScopes` or `@policy`. */
export interface Demand {
  readonly kind: 'authenticated' | 'scopes' | 'policies';
  /** All names of at least one of these; `[[]]` for `authenticated`. */
  readonly anyOf: readonly (readonly string[])[];
}

/** By `Type.field` of the supergraph, everything demanded of who selects the field. What demands nothing is not listed. */
export type AuthorizationRules = ReadonlyMap<string, readonly Demand[]>;

/**
 * Reads the directives of authorization under whatever name the supergraph gives them. A field demands what is demanded
 * - on itself, on its type and on the type that it belongs to,
 * - if it belongs to an interface or returns one: on each implementing type and field, since the selection may reach it,
 * - on the interfaces of its type and their fields, unless that only repeats what implementing types demand,
 * - of the fields that it reads through `@requires` and `@fromContext`, likewise.
 * Undefined if nothing is demanded anywhere.
 */
export function authorizationRules(schema: Schema): AuthorizationRules | undefined {
  const directives = directiveKinds
    .map(({ identity, name, ...kind }) => ({
      ...kind,
      nameInSchema: schema.coreFeatures?.getByIdentity(identity)?.directiveNameInSchema(name),
    }))
    .filter(({ nameInSchema }) => nameInSchema !== undefined);
  if (directives.length === 0) return undefined;
  const rules = new Map<string, readonly Demand[]>();
  const reader = new RuleReader(schema, (element) =>
    directives.flatMap(({ kind, argument, nameInSchema = '' }) =>
      applied(element, nameInSchema).map((each) => ({
        kind,
        anyOf: argument === undefined ? [[]] : (each.arguments()[argument] as string[][]),
      })),
    ),
  );
  for (const type of [...schema.objectTypes(), ...schema.interfaceTypes()]) {
    for (const field of type.fields()) {
      const demands = reader.ofField(field);
      if (demands.length > 0) rules.set(field.coordinate, demands);
    }
  }
  return rules.size > 0 ? rules : undefined;
}

const directiveKinds = [
  { identity: AuthenticatedSpecDefinition.identity, name: 'authenticated', kind: 'authenticated', argument: undefined },
  { identity: RequiresScopesSpecDefinition.identity, name: 'requiresScopes', kind: 'scopes', argument: 'scopes' },
  { identity: PolicySpecDefinition.identity, name: 'policy', kind: 'policies', argument: 'policies' },
] as const;

class RuleReader {
  readonly #known = new Map<string, readonly Demand[]>();
  readonly #interned = new Map<string, Demand>();
  readonly #contextTypes = new Map<unknown, NamedType[]>();

  constructor(
    readonly schema: Schema,
    readonly own: (element: SchemaElement<never, never>) => readonly Demand[],
  ) {
    const context = schema.coreFeatures
      ?.getByIdentity(ContextSpecDefinition.identity)
      ?.directiveNameInSchema('context');
    if (context === undefined) return;
    for (const type of schema.types()) {
      for (const directive of applied(type, context)) {
        const { name } = directive.arguments();
        this.#contextTypes.set(name, [...(this.#contextTypes.get(name) ?? []), type]);
      }
    }
  }

  ofField(field: AnyField): readonly Demand[] {
    let demands = this.#known.get(field.coordinate);
    if (!demands) {
      // A field that requires itself in the end demands nothing more for that.
      this.#known.set(field.coordinate, []);
      demands = this.#distinct(this.#collect(field));
      this.#known.set(field.coordinate, demands);
    }
    return demands;
  }

  #collect(field: AnyField): Demand[] {
    const { parent } = field;
    const demands = [
      ...this.#ofType(parent),
      ...this.#ofElement(field, parent, (type) => type.field(field.name)),
      ...this.#ofType(field.type && baseType(field.type)),
    ];
    for (const directive of applied(field, 'join__field')) {
      const { requires, contextArguments = [] } = directive.arguments() as JoinField;
      if (requires !== undefined) demands.push(...this.#ofSelection(requires, parent));
      for (const { context, selection } of contextArguments) {
        for (const type of this.#contextTypes.get(context) ?? []) demands.push(...this.#ofSelection(selection, type));
      }
    }
    if (isInterfaceType(parent)) {
      for (const type of parent.possibleRuntimeTypes()) {
        const implementing = type.field(field.name);
        if (implementing) demands.push(...this.ofField(implementing));
      }
    }
    return demands;
  }

  #ofType(type: NamedType | undefined): readonly Demand[] {
    if (!type) return [];
    if (isObjectType(type)) return this.#ofElement(type, type, (of) => of);
    if (isInterfaceType(type)) {
      return [...this.own(type as never), ...type.possibleRuntimeTypes().flatMap((possible) => this.#ofType(possible))];
    }
    return this.own(type as never);
  }

  /** What an object type or its field demands itself, and what the same of its interfaces does. */
  #ofElement(
    element: AnyElement,
    parent: ObjectType | InterfaceType,
    elementOf: (type: ObjectType | InterfaceType) => AnyElement | undefined,
  ): readonly Demand[] {
    const demands = [...this.own(element as never)];
    for (const implemented of parent.interfaces()) {
      const inherited = elementOf(implemented);
      if (!inherited) continue;
      const implementing = implemented.possibleRuntimeTypes().flatMap((type) => {
        const of = elementOf(type);
        return of ? [this.own(of as never)] : [];
      });
      demands.push(...this.own(inherited as never).filter((demand) => !isImplied(demand, implementing.flat())));
    }
    return demands;
  }

  #ofSelection(text: string, type: NamedType): Demand[] {
    const trimmed = text.trim();
    const [definition] = parse(trimmed.startsWith('{') ? trimmed : `{ ${trimmed} }`, { noLocation: true }).definitions;
    return definition?.kind === Kind.OPERATION_DEFINITION ? this.#ofSelectionSet(definition.selectionSet, type) : [];
  }

  #ofSelectionSet({ selections }: SelectionSetNode, type: NamedType | undefined): Demand[] {
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) {
        if (!type || isUnionType(type) || !(isObjectType(type) || isInterfaceType(type))) return [];
        const field = type.field(selection.name.value);
        if (!field) return [];
        const below =
          selection.selectionSet && this.#ofSelectionSet(selection.selectionSet, field.type && baseType(field.type));
        return [...this.ofField(field), ...(below ?? [])];
      }
      if (selection.kind !== Kind.INLINE_FRAGMENT) return [];
      const condition = selection.typeCondition?.name.value;
      return this.#ofSelectionSet(selection.selectionSet, condition === undefined ? type : this.schema.type(condition));
    });
  }

  /** Equal demands are one object. */
  #distinct(demands: readonly Demand[]): readonly Demand[] {
    return [
      ...new Set(
        demands.map((demand) => {
          const key = JSON.stringify([demand.kind, demand.anyOf.map((names) => [...names].sort()).sort()]);
          let known = this.#interned.get(key);
          if (!known) this.#interned.set(key, (known = demand));
          return known;
        }),
      ),
    ];
  }
}

/** Whether whoever fulfils all of `others` fulfils `demand`: composition gives interfaces what their types demand. */
function isImplied(demand: Demand, others: readonly Demand[]): boolean {
  let ways: (readonly string[])[] | undefined;
  for (const other of others) {
    if (other.kind !== demand.kind) continue;
    ways = (ways ?? [[]]).flatMap((way) => other.anyOf.map((names) => [...new Set([...way, ...names])]));
    if (ways.length > maxWays) return false;
  }
  return ways?.every((way) => demand.anyOf.some((names) => names.every((name) => way.includes(name)))) ?? false;
}

/** Beyond it a demand counts as one of its own, and so for more types than it need. */
const maxWays = 10_000;

function applied(element: AnyElement | NamedType | SchemaElement<never, never>, name: string): readonly Directive[] {
  return (element as SchemaElement<never, never>).appliedDirectivesOf(name);
}

type AnyField = FieldDefinition<ObjectType> | FieldDefinition<InterfaceType>;
type AnyElement = AnyField | ObjectType | InterfaceType;

interface JoinField {
  readonly requires?: string;
  readonly contextArguments?: readonly { readonly context: string; readonly selection: string }[];
}

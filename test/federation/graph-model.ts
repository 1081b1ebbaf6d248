/** A graph of all its types and who of the subgraphs serves what: the monolith and the subgraphs are made of the same. */
export interface Graph {
  readonly seed: number;
  /** Entities, value types and root types, by name. */
  readonly objects: Map<string, ObjectModel>;
  readonly colour: EnumModel;
  /** Interfaces and unions, by name. */
  readonly abstractTypes: Map<string, AbstractModel>;
  readonly subgraphs: Subgraph[];
  /** The labels of `@override` that are on. */
  readonly overrideLabels: Set<string>;
}

export interface ObjectModel {
  readonly name: string;
  readonly fields: Map<string, Field>;
  /** None for a value type. */
  readonly keys: Key[];
  /** How many there are of an entity. */
  readonly count: number;
}

export interface AbstractModel {
  readonly kind: 'interface' | 'union';
  readonly name: string;
  /** Object types that may belong to it, in the subgraphs that know them. */
  readonly members: readonly string[];
  /** Names of the fields that every member of an interface has. */
  readonly common: readonly string[];
  /** The key of an interface that is an entity. */
  readonly key: Key | undefined;
  /** Fields that subgraphs add to such an interface as `@interfaceObject`. */
  readonly added: Map<string, Field>;
}

export interface EnumModel {
  readonly values: readonly string[];
  /** One of them that clients may not see. */
  readonly hidden: string | undefined;
}

export interface Key {
  readonly fields: FieldSet;
  /** The value that one of the entities has. */
  readonly valueOf: (index: number) => Record<string, unknown>;
}

export interface Field {
  readonly owner: string;
  readonly name: string;
  readonly type: TypeRef;
  readonly args: readonly Arg[];
  /** Never throws, and is null only where its type allows it. */
  safe: boolean;
  /** Never null as a whole, though its type allows it: some subgraph says so. */
  solid: boolean;
  /** Clients may not see it. */
  hidden: boolean;
  /** The field is part of keys and its value is as the position of its object says. */
  readonly keyValue?: (index: number) => unknown;
  /** Its value depends on these fields of the same object. */
  requires?: FieldSet | undefined;
  /** The field is part of some `@requires`. */
  isInput?: boolean;
  /** Of those that an abstract type stands for, the ones that every subgraph which serves the field knows. */
  candidates?: readonly string[];
}

export interface Arg {
  readonly name: string;
  /** As in SDL. */
  readonly type: string;
  /** As in SDL. */
  readonly defaultValue?: string;
}

export interface TypeRef {
  readonly name: string;
  /** Whether each level is non-null, lists from the outermost to the innermost and then the named type. */
  readonly nonNull: readonly boolean[];
}

/** A selection as in `@key`, `@requires` and `@provides`. */
export type FieldSet = readonly FieldSetItem[];

export interface FieldSetItem {
  readonly name: string;
  /** By name; numbers only. */
  readonly args?: Readonly<Record<string, number>>;
  readonly of?: FieldSet;
}

export interface Subgraph {
  readonly name: string;
  readonly objects: Map<string, ObjectPart>;
  readonly interfaces: Map<string, InterfacePart>;
  /** Members by the name of the union. */
  readonly unions: Map<string, readonly string[]>;
  /** Interfaces that this subgraph knows only as `@interfaceObject`, so that it may know none of their types. */
  readonly interfaceObjects: Set<string>;
}

export interface ObjectPart {
  readonly name: string;
  readonly fields: Map<string, FieldPart>;
  readonly keys: { readonly key: Key; readonly resolvable: boolean }[];
  readonly interfaces: Set<string>;
}

interface InterfacePart {
  readonly fields: readonly Field[];
  readonly key: Key | undefined;
  readonly types: readonly string[];
}

export interface FieldPart {
  readonly field: Field;
  external?: boolean;
  shareable?: boolean;
  /** Non-null though the graph's field is not. */
  strict?: boolean;
  override?: { readonly from: string; readonly label: string | undefined };
  /** Another subgraph overrides the field, always or under a label. */
  overridden?: boolean;
  /** The subgraph must not be asked: another one is in charge of the field. */
  stale?: boolean;
  provides?: FieldSet;
}

export const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

export function printType({ name, nonNull }: TypeRef): string {
  const lists = nonNull.length - 1;
  let text = name + (nonNull[lists] ? '!' : '');
  for (let level = lists - 1; level >= 0; level--) text = `[${text}]${nonNull[level] ? '!' : ''}`;
  return text;
}

export function printFieldSet(set: FieldSet): string {
  return set
    .map(({ name, args, of }) => {
      const given = Object.entries(args ?? {}).map(([arg, value]) => `${arg}: ${value}`);
      return name + (given.length > 0 ? `(${given.join(', ')})` : '') + (of ? ` { ${printFieldSet(of)} }` : '');
    })
    .join(' ');
}

import { isTypeDefinitionNode, Kind } from 'graphql';
import type {
  EnumValueDefinitionNode,
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  TypeDefinitionNode,
} from 'graphql';
import { directiveArguments } from './directive-arguments.ts';
import { isVersion } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What a supergraph says of its elements, by coordinate: `Order`, `Order.status`, `Query.orders(first:)`. */
export interface ElementNotes {
  readonly lives: ReadonlyMap<string, Lifecycle>;
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** Lives that cannot be read, a line each. */
  readonly faults: readonly string[];
}

export function elementNotes(supergraph: DocumentNode): ElementNotes {
  const lives = new Map<string, Lifecycle>();
  const tags = new Map<string, string[]>();
  const faults: string[] = [];
  const link = linksTo(supergraph, 'https://takt.example/lifecycle/');
  if (link.some((url) => url !== lifecycleSpec))
    faults.push(`Only ${lifecycleSpec} is understood, not ${link.join(', ')}.`);
  // Tags that are not found would show audiences what they must not see.
  const renamed = linksTo(supergraph, 'https://specs.apollo.dev/tag/').find((url) => url.endsWith(renaming));
  if (renamed !== undefined) faults.push(`Tags are read as @tag only, not from ${renamed}.`);
  for (const { coordinate, directives } of elementsOf(supergraph)) {
    const named = (name: string) => directives.filter((each) => each.name.value === name).map(directiveArguments);
    const tagged = named('tag').flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    if (tagged.length > 0) tags.set(coordinate, tagged);
    const [life, ...others] = link.length > 0 ? named('lifecycle') : [];
    if (!life) continue;
    if (others.length > 0)
      faults.push(`${coordinate}: has ${others.length + 1} lives: all subgraphs that give it one must give the same.`);
    for (const date of [life['since'], life['deprecated'], life['removed']]) {
      if (typeof date === 'string' && !isVersion(date))
        faults.push(`${coordinate}: "${date}" is no version: it must be YYYY-MM.`);
    }
    lives.set(coordinate, withoutNulls(life));
  }
  return { lives, tags, faults };
}

const lifecycleSpec = 'https://takt.example/lifecycle/v1.0';

/** An element of a schema that directives may stand on. */
export interface Element {
  readonly coordinate: string;
  readonly type: TypeDefinitionNode;
  /** The field, argument, input field or enum value; the type itself unless it is one. */
  readonly member: FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode | undefined;
  readonly directives: readonly ConstDirectiveNode[];
}

/** Every type, field, argument, input field and enum value of a document, a type before what it has. */
export function* elementsOf(document: DocumentNode): Generator<Element> {
  for (const type of document.definitions) {
    if (!isTypeDefinitionNode(type)) continue;
    const name = type.name.value;
    const element = (
      coordinate: string,
      member?: Element['member'],
      { directives = [] } = member ?? type,
    ): Element => ({
      coordinate,
      type,
      member,
      directives,
    });
    yield element(name);
    if (type.kind === Kind.ENUM_TYPE_DEFINITION) {
      for (const value of type.values ?? []) yield element(`${name}.${value.name.value}`, value);
    } else if (type.kind !== Kind.SCALAR_TYPE_DEFINITION && type.kind !== Kind.UNION_TYPE_DEFINITION) {
      for (const field of type.fields ?? []) {
        const coordinate = `${name}.${field.name.value}`;
        yield element(coordinate, field);
        if (field.kind === Kind.INPUT_VALUE_DEFINITION) continue;
        for (const argument of field.arguments ?? []) yield element(`${coordinate}(${argument.name.value}:)`, argument);
      }
    }
  }
}

const renaming = ' under another name';

/** The URLs of the linked specifications that begin so, each with whether the directive is called something else. */
function linksTo(supergraph: DocumentNode, specification: string): string[] {
  return supergraph.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.SCHEMA_DEFINITION) return [];
    return (definition.directives ?? []).flatMap((directive) => {
      const { url, as, import: imported } = directiveArguments(directive);
      if (typeof url !== 'string' || !url.startsWith(specification)) return [];
      const isRenamed = as != null || (Array.isArray(imported) && imported.some((each) => typeof each !== 'string'));
      return [isRenamed ? url + renaming : url];
    });
  });
}

function withoutNulls(life: Readonly<Record<string, unknown>>): Lifecycle {
  return Object.fromEntries(Object.entries(life).filter(([, value]) => typeof value === 'string'));
}

import type { Field, FieldPart, Graph, Subgraph } from './graph-model.ts';
import { printFieldSet, printType } from './graph-model.ts';

/** A subgraph's own schema, without the link to the specification of federation. */
export function printSubgraph(graph: Graph, subgraph: Subgraph): string {
  const blocks: string[] = [];
  for (const { name, fields, keys, interfaces } of subgraph.objects.values()) {
    const directives = keys.map(
      ({ key, resolvable }) => `@key(fields: "${printFieldSet(key.fields)}"${resolvable ? '' : ', resolvable: false'})`,
    );
    if (subgraph.interfaceObjects.has(name)) directives.push('@interfaceObject');
    const lines = [...fields.values()].map((part) => `  ${printFieldPart(part)}`);
    blocks.push(block(`type ${name}${implementing([...interfaces])} ${directives.join(' ')}`, lines));
  }
  for (const [name, { fields, key }] of subgraph.interfaces) {
    const directive = key ? ` @key(fields: "${printFieldSet(key.fields)}")` : '';
    blocks.push(
      block(
        `interface ${name}${directive}`,
        fields.map((field) => `  ${printField(field)}`),
      ),
    );
  }
  for (const [name, members] of subgraph.unions) blocks.push(`union ${name} = ${members.join(' | ')}`);
  const { values, hidden } = graph.colour;
  const colours = values.map((value) => (value === hidden ? `${value} @inaccessible` : value));
  return [...blocks, ...inputTypes(colours)].join('\n');
}

/**
 * What clients see of the graph, as one schema. With `lenient` every output is nullable, so that no fault hides
 * another one.
 */
export function printMonolith(graph: Graph, { lenient = false } = {}): string {
  const blocks: string[] = [];
  const print = (field: Field): string => `  ${printField(field, lenient ? nullable(field) : undefined)}`;
  for (const { name, fields } of graph.objects.values()) {
    const parts = graph.subgraphs.flatMap((subgraph) => subgraph.objects.get(name) ?? []);
    if (parts.length === 0) continue;
    const interfaces = new Set(parts.flatMap((part) => [...part.interfaces]));
    const added = [...interfaces].flatMap((each) => [...(graph.abstractTypes.get(each)?.added.values() ?? [])]);
    const served = [...fields.values()].filter(
      (field) =>
        !field.hidden &&
        parts.some((part) => part.fields.get(field.name)?.external !== true && part.fields.has(field.name)),
    );
    blocks.push(block(`type ${name}${implementing([...interfaces])}`, [...served, ...added].map(print)));
  }
  for (const { name, kind, added } of graph.abstractTypes.values()) {
    if (kind === 'union') {
      const members = new Set(graph.subgraphs.flatMap(({ unions }) => unions.get(name) ?? []));
      if (members.size > 0) blocks.push(`union ${name} = ${[...members].join(' | ')}`);
      continue;
    }
    const parts = graph.subgraphs.flatMap(({ interfaces }) => interfaces.get(name) ?? []);
    const fields = new Map(parts.flatMap((part) => part.fields).map((field) => [field.name, field]));
    for (const part of parts) {
      for (const field of part.fields) if (!field.type.nonNull[0]) fields.set(field.name, field);
    }
    if (fields.size > 0) blocks.push(block(`interface ${name}`, [...fields.values(), ...added.values()].map(print)));
  }
  const { values, hidden } = graph.colour;
  return [...blocks, ...inputTypes(values.filter((value) => value !== hidden))].join('\n');
}

function printFieldPart({ field, external, shareable, strict, override, provides }: FieldPart): string {
  const { type } = field;
  const directives = [
    external && '@external',
    shareable && !external && '@shareable',
    field.hidden && !external && '@inaccessible',
    override && `@override(from: "${override.from}"${override.label ? `, label: "${override.label}"` : ''})`,
    provides && `@provides(fields: "${printFieldSet(provides)}")`,
    field.requires && !external && `@requires(fields: "${printFieldSet(field.requires)}")`,
  ];
  const printed = strict ? printType({ ...type, nonNull: [true, ...type.nonNull.slice(1)] }) : printType(type);
  return [printField(field, printed), ...directives.filter((each) => typeof each === 'string')].join(' ');
}

function printField({ name, args, type }: Field, printedType = printType(type)): string {
  const printed = args.map((arg) => `${arg.name}: ${arg.type}${arg.defaultValue ? ` = ${arg.defaultValue}` : ''}`);
  return `${name}${printed.length > 0 ? `(${printed.join(', ')})` : ''}: ${printedType}`;
}

function nullable({ type: { name, nonNull } }: Field): string {
  return printType({ name, nonNull: nonNull.map(() => false) });
}

function inputTypes(colours: readonly string[]): string[] {
  return [
    'scalar Json',
    `enum Colour { ${colours.join(' ')} }`,
    'input Filter { text: String = "all" min: Int colours: [Colour!] nested: Filter }',
  ];
}

function implementing(interfaces: readonly string[]): string {
  return interfaces.length > 0 ? ` implements ${interfaces.join(' & ')}` : '';
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n${lines.join('\n')}\n}`;
}

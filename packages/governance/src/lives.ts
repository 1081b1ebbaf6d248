import type { Lifecycle } from '@takt/gateway';
import { type ConstDirectiveNode, Kind, parse } from 'graphql';

/** The lives of a supergraph’s elements by coordinate, as `@lifecycle` says. */
export function livesOf(supergraphSdl: string): ReadonlyMap<string, Lifecycle> {
  const lives = new Map<string, Lifecycle>();
  const visit = (coordinate: string, { directives = [] }: Declared) => {
    const life = directives.find(({ name }) => name.value === 'lifecycle');
    if (life) lives.set(coordinate, argumentsOf(life));
  };
  for (const type of parse(supergraphSdl, { noLocation: true }).definitions as readonly Declared[]) {
    visit(nameOf(type), type);
    for (const member of [...(type.fields ?? []), ...(type.values ?? [])]) {
      const coordinate = `${nameOf(type)}.${nameOf(member)}`;
      visit(coordinate, member);
      for (const argument of member.arguments ?? []) visit(`${coordinate}(${nameOf(argument)}:)`, argument);
    }
  }
  return lives;
}

interface Declared {
  readonly name?: { readonly value: string };
  readonly directives?: readonly ConstDirectiveNode[];
  readonly fields?: readonly Declared[];
  readonly values?: readonly Declared[];
  readonly arguments?: readonly Declared[];
}

function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Lifecycle {
  const texts = given.flatMap(({ name, value }) => (value.kind === Kind.STRING ? [[name.value, value.value]] : []));
  return Object.fromEntries(texts) as Lifecycle;
}

function nameOf({ name }: Declared): string {
  return name?.value ?? '';
}

import { parse, Source, type ASTNode } from 'graphql';

/** Answers which element of an SDL is at a line and column (both from 1): `Type`, `Type.field` or `Type.field(argument:)`. */
export function elementsByPlace(sdl: string): (line: number, column: number) => string {
  const { definitions } = parse(new Source(sdl));
  const starts = [0];
  for (let at = sdl.indexOf('\n'); at >= 0; at = sdl.indexOf('\n', at + 1)) starts.push(at + 1);
  return (line, column) => {
    const offset = (starts[line - 1] ?? 0) + column - 1;
    const type = around(definitions, offset);
    if (!type) return 'schema';
    const member = around([...(type.fields ?? []), ...(type.values ?? [])], offset);
    if (!member) return nameOf(type);
    const argument = around(member.arguments ?? [], offset);
    const coordinate = `${nameOf(type)}.${nameOf(member)}`;
    return argument ? `${coordinate}(${nameOf(argument)}:)` : coordinate;
  };
}

/** What definitions of types, fields and arguments may have. */
interface Definition {
  readonly name?: { readonly value: string };
  readonly loc?: ASTNode['loc'];
  readonly fields?: readonly Definition[];
  readonly values?: readonly Definition[];
  readonly arguments?: readonly Definition[];
}

function around(nodes: readonly Definition[], offset: number): Definition | undefined {
  return nodes.find(({ loc }) => loc !== undefined && loc.start <= offset && offset < loc.end);
}

function nameOf({ name }: Definition): string {
  return name?.value ?? 'schema';
}

import { Type } from '@sinclair/typebox';

/** Schema of one of these names. */
export const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Union(names.map((name) => Type.Literal<Names[number]>(name)));

import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';

const Name = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };

const OwnersFileSchema = Type.Object(
  {
    owners: Type.Record(Name, Type.Object({ name: Name, contact: Name }, strict)),
    systemsOfRecord: Type.Record(Name, Name, { description: 'What each of them is.' }),
    shared: Type.Object(
      { owner: Name, systemOfRecord: Name, types: Type.Array(Name) },
      { ...strict, description: 'Types that are these whatever the subgraph.' },
    ),
    homes: Type.Record(Name, Name, { description: 'Of a type of several subgraphs: which of them answers for it.' }),
    subgraphs: Type.Record(
      Name,
      Type.Object(
        {
          owner: Name,
          systemOfRecord: Name,
          types: Type.Optional(
            Type.Record(Name, Type.Object({ owner: Type.Optional(Name), systemOfRecord: Type.Optional(Name) }, strict)),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** Who answers for which part of the graph, as `schema/owners.yml` says. */
export type OwnersFile = Static<typeof OwnersFileSchema>;

/** Throws Error with what is wrong. */
export function parseOwnersFile(text: string): OwnersFile {
  const owners: unknown = parse(text);
  if (Value.Check(OwnersFileSchema, owners)) return owners;
  const first = Value.Errors(OwnersFileSchema, owners).First();
  throw new Error(`${first?.path || '/'}: ${first?.message ?? 'wrong'}`);
}

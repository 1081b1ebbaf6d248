import { describe, expect, test } from 'vitest';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { machines, own, planner, subgraphOf, visitor } from '../../test-subgraphs/guarded-machines.ts';
import { anonymous } from './caller.ts';
import type { Caller } from './caller.ts';

describe('fields that are read on behalf of another', () => {
  const catalog = subgraphOf(
    'catalog',
    own,
    `type Query { part: Part parts: [Part!]! }
     type Part @key(fields: "id") { id: ID! margin: Int @authenticated box: Box }
     type Box @shareable { weight: Int @requiresScopes(scopes: [["stock"]]) }`,
    {
      Query: { part: () => ({ id: 'p' }), parts: () => [{ id: 'p' }] },
      Part: { __resolveReference: (part: object) => part, margin: () => 9, box: () => ({ weight: 5 }) },
    },
  );
  const shipping = subgraphOf(
    'shipping',
    own,
    `type Part @key(fields: "id") {
       id: ID!
       margin: Int @external
       box: Box @external
       hint: String @requires(fields: "margin") @authenticated
       freight: Int @requires(fields: "box { weight }") @requiresScopes(scopes: [["stock"]])
     }
     type Box @shareable { weight: Int @external }`,
    {
      Part: {
        __resolveReference: (part: object) => part,
        hint: ({ margin }: { margin: number }) => `margin ${margin}`,
        freight: ({ box }: { box: { weight: number } }) => box.weight * 2,
      },
    },
  );
  /** What a composition of before made of subgraphs that forgot to demand the same of the field that reads. */
  const forgetful = (sdl: string) =>
    sdl
      .replace(/(hint: String [^\n]*?) @authenticated/, '$1')
      .replace(/(freight: Int [^\n]*?) @requiresScopes\(.*\)/, '$1')
      .replace(/(label[^\n]*?) @authenticated/, '$1');

  test('by @requires demand the same of that', async () => {
    const gateway = await composeGateway([catalog, shipping], {}, { editSupergraph: forgetful });
    expect(gateway.supergraph.sdl).toMatch(/hint: String @join__field\(.*\)\n/);
    const query = '{ part { id hint freight } }';
    expect(await gateway.execute({ query, caller: anonymous })).toMatchObject({
      data: { part: { id: 'p', hint: null, freight: null } },
      errors: [{ path: ['part', 'hint'] }, { path: ['part', 'freight'] }],
    });
    expect(await gateway.execute({ query, caller: planner })).toEqual({
      data: { part: { id: 'p', hint: 'margin 9', freight: 10 } },
    });
  });

  test('from a context demand the same of that', async () => {
    const gateway = await composeGateway([machines(own)], {}, { editSupergraph: forgetful });
    expect(gateway.supergraph.sdl).toMatch(/label: String @join__field\(.*\)\n/);
    const query = '{ planted { shop { id label } } }';
    expect(await gateway.execute({ query, caller: anonymous })).toMatchObject({
      data: { planted: { shop: { id: 's', label: null } } },
      errors: [{ path: ['planted', 'shop', 'label'] }],
    });
    expect(await gateway.execute({ query, caller: visitor })).toEqual({
      data: { planted: { shop: { id: 's', label: 'CHF' } } },
    });
  });
});

describe('directives on interfaces, as compositions of before let them be', () => {
  const open = (edit: (sdl: string) => string) =>
    composeGateway(
      [
        subgraphOf(
          'open',
          own,
          `type Query { things: [Thing!]! screw: Screw guarded: Int @authenticated }
           interface Thing { id: ID! size: Int }
           type Screw implements Thing { id: ID! size: Int }
           type Nut implements Thing { id: ID! size: Int }`,
          {
            Query: {
              things: () => [
                { __typename: 'Screw', id: 's', size: 1 },
                { __typename: 'Nut', id: 'n', size: 2 },
              ],
              screw: () => ({ id: 's', size: 1 }),
            },
          },
        ),
      ],
      {},
      { editSupergraph: edit },
    );

  test('hold for the implementing types', async () => {
    const gateway = await open((sdl) => sdl.replace(/interface Thing\n/, '$& @authenticated\n'));
    for (const query of ['{ things { id } }', '{ things { ... on Screw { id } } }', '{ screw { id } }']) {
      const { errors } = await gateway.execute({ query, caller: anonymous });
      expect(errors?.[0]?.extensions['code']).toBe('UNAUTHORIZED_FIELD_OR_TYPE');
      expect((await gateway.execute({ query, caller: visitor })).errors).toBeUndefined();
    }
  });

  test('hold for the fields of implementing types', async () => {
    const gateway = await open((sdl) => sdl.replace(/(interface Thing[^}]*size: Int)/, '$1 @authenticated'));
    for (const query of ['{ things { size } }', '{ things { ... on Screw { size } } }', '{ screw { size } }']) {
      const { errors } = await gateway.execute({ query, caller: anonymous });
      expect(errors?.[0]?.extensions['code']).toBe('UNAUTHORIZED_FIELD_OR_TYPE');
      expect((await gateway.execute({ query, caller: visitor })).errors).toBeUndefined();
    }
    expect(await gateway.execute({ query: '{ screw { id } }', caller: anonymous })).toEqual({
      data: { screw: { id: 's' } },
    });
  });

  test('on the fields of an interface object hold for those of its implementing types', async () => {
    const base = subgraphOf(
      'base',
      own,
      `type Query { things: [Thing!]! screw: Screw }
       interface Thing @key(fields: "id") { id: ID! }
       type Screw implements Thing @key(fields: "id") { id: ID! }`,
      { Query: { screw: () => ({ id: 's' }), things: () => [{ __typename: 'Screw', id: 's' }] } },
    );
    const notes = subgraphOf(
      'notes',
      own,
      'type Thing @interfaceObject @key(fields: "id") { id: ID! note: String @authenticated }',
      { Thing: { __resolveReference: ({ id }: { id: string }) => ({ id, note: `note ${id}` }) } },
    );
    const gateway = await composeGateway([base, notes]);
    for (const query of ['{ things { note } }', '{ screw { note } }', '{ things { ... on Screw { note } } }']) {
      const { errors } = await gateway.execute({ query, caller: anonymous });
      expect(errors?.[0]?.extensions['code']).toBe('UNAUTHORIZED_FIELD_OR_TYPE');
      expect(JSON.stringify(await gateway.execute({ query, caller: visitor }))).toContain('note s');
    }
  });
});

test('directives on implementing types hold for interfaces that a composition of before left without them', async () => {
  const bare = (sdl: string) =>
    sdl.replaceAll(/^interface [^}]*}/gm, (type) => type.replaceAll(/ *@(authenticated|policy\(.*\))/g, ''));
  const gateway = await composeGateway([machines(own)], {}, { editSupergraph: bare });
  expect(gateway.supergraph.sdl).toMatch(/interface Machine[^@]*(@join__[^@]*)*}/);
  const refused = async (query: string, caller: Caller) =>
    (await gateway.execute({ query, caller })).errors?.map(({ path }) => path?.join('.'));
  expect(await refused('{ machines { id } }', anonymous)).toEqual(['machines']);
  expect(await refused('{ nodes { id } }', anonymous)).toEqual(['nodes']);
  expect(await refused('{ machines { secret } }', visitor)).toEqual(['machines.0.secret', 'machines.1.secret']);
});

import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../../test-subgraphs/compose-gateway.ts';
import { inProcessTransport } from '../../transports/in-process.ts';
import type { SubgraphTextRequest, SubgraphTransport } from '../../transports/transport.ts';
import type { InProcessSubgraph } from '../../index.ts';

interface Reference {
  readonly sku: string;
}

const catalog = buildSubgraph(
  'catalog',
  `type Query { products: [Product!]! rows: [Row!]! }
   type Row { product: Product! note: String! }
   type Product @key(fields: "sku") { sku: ID! name: String! weight: Int tags: [String!]! extra: Json }
   scalar Json`,
  {
    Query: {
      products: () => ['a', 'b', 'a'].map((sku) => product(sku)),
      rows: () => ['a', 'c', 'a'].map((sku) => ({ product: product(sku), note: `for ${sku}` })),
    },
    Product: { __resolveReference: ({ sku }: Reference) => product(sku) },
  },
);

function product(sku: string) {
  return {
    sku,
    name: `name "${sku}"`,
    weight: sku === 'b' ? null : 3,
    tags: ['x', 'ä'],
    extra: { deep: [{ er: [1] }] },
  };
}

const stock = buildSubgraph(
  'stock',
  `type Query { nothing: Int }
   type Product @key(fields: "sku") { sku: ID! weight: Int @external onHand: Int bin: String!
     load: Int @requires(fields: "weight") }`,
  {
    Product: {
      __resolveReference: (reference: Reference) => (reference.sku === 'c' ? null : reference),
      onHand: () => 5,
      bin: ({ sku }: Reference) => `bin of ${sku}`,
      load: ({ weight }: { weight: number | null }) => weight && weight * 2,
    },
  },
);

/** A gateway that compiles everything, and what it sent. */
async function recordingGateway(subgraphs: InProcessSubgraph[] = [catalog, stock]) {
  const ways: string[] = [];
  const sent: { subgraph: string; query: string; variables: unknown }[] = [];
  const transports = subgraphs.map((subgraph): [string, SubgraphTransport] => {
    const transport = inProcessTransport(subgraph);
    const executeText = (request: SubgraphTextRequest) => {
      const { query } = request.operation;
      sent.push({ subgraph: subgraph.name, query, variables: JSON.parse(request.variables) });
      return transport.executeText(request);
    };
    return [subgraph.name, { ...transport, executeText }];
  });
  const gateway = await composeGateway(subgraphs, Object.fromEntries(transports), {
    compilation: 'always',
    onWay: (way, why) => void ways.push(why === undefined ? way : `${way}: ${why}`),
    operationLimits: { limits: { maxAliases: 10_000 } },
  });
  const ask = async (query: string, variables?: Record<string, unknown>) =>
    gateway.run(await gateway.prepare({ query, variables }), { signal: new AbortController().signal });
  return { ask, sent, ways };
}

describe('a fetch asks', () => {
  test("for what the client sees in the client's order and names, behind what only the gateway needs", async () => {
    const { ask, sent } = await recordingGateway();
    expect(await ask('{ products { w: weight onHand n: name } }')).toBe(
      '{"data":{"products":[{"w":3,"onHand":5,"n":"name \\"a\\""},{"w":null,"onHand":5,"n":"name \\"b\\""},{"w":3,"onHand":5,"n":"name \\"a\\""}]}}',
    );
    expect(sent.map(({ query }) => query)).toEqual([
      '{products{j0_0_0:sku w:weight n:name}}',
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{onHand}}}',
    ]);
  });

  test('once for a value that the client and a join need', async () => {
    const { ask, sent } = await recordingGateway();
    expect(await ask('{ products { bin sku } }')).toContain('{"bin":"bin of a","sku":"a"}');
    expect(sent[0]?.query).toBe('{products{sku}}');
  });

  test('for each distinct entity once', async () => {
    const { ask, sent } = await recordingGateway();
    await ask('{ products { onHand } }');
    expect(sent[1]?.variables).toEqual({
      representations: [
        { __typename: 'Product', sku: 'a' },
        { __typename: 'Product', sku: 'b' },
      ],
    });
  });

  test('once for entities at several places', async () => {
    const { ask, sent } = await recordingGateway();
    const answer = await ask('{ products { bin } rows { note product { bin sku } } again: products { sku bin } }');
    // The entity of the third row does not exist, where the bin may not be null.
    expect((JSON.parse(answer) as { data: unknown }).data).toBeNull();
    expect(sent.map(({ subgraph }) => subgraph)).toEqual(['catalog', 'stock']);
  });

  test('apart where the client wants the same entities differently', async () => {
    const { ask, sent } = await recordingGateway();
    const answer = await ask('{ products { onHand bin } again: products { bin onHand } }');
    expect(answer).toContain('{"onHand":5,"bin":"bin of a"}');
    expect(answer).toContain('{"bin":"bin of a","onHand":5}');
    expect(sent.map(({ subgraph }) => subgraph)).toEqual(['catalog', 'stock', 'stock']);
  });

  test('without what conditions leave out', async () => {
    const { ask, sent } = await recordingGateway();
    const query = 'query ($full: Boolean!) { products { sku name @include(if: $full) onHand @skip(if: $full) } }';
    expect(await ask(query, { full: true })).toContain('{"sku":"a","name":"name \\"a\\""}');
    expect(sent.map((each) => each.query)).toEqual(['{products{sku name}}']);
    expect(await ask(query, { full: false })).toContain('{"sku":"a","onHand":5}');
    expect(sent[1]?.query).toBe('{products{sku}}');
  });
});

test('fields of several sources stand where the client wants them', async () => {
  const { ask } = await recordingGateway();
  expect(await ask('{ products { onHand sku load name bin __typename } }')).toContain(
    '{"onHand":5,"sku":"a","load":6,"name":"name \\"a\\"","bin":"bin of a","__typename":"Product"}',
  );
});

test('an entity that does not exist is null where that is allowed', async () => {
  const { ask } = await recordingGateway();
  expect(await ask('{ rows { product { onHand name load } } }')).toContain(
    '{"onHand":null,"name":"name \\"c\\"","load":null}',
  );
});

test('an object of which nothing is selected is there', async () => {
  const { ask, ways } = await recordingGateway();
  expect(await ask('{ rows { note product { onHand @skip(if: true) } } }')).toContain('{"note":"for c","product":{}}');
  expect(await ask('{ products { name @skip(if: true) } }')).toBe('{"data":{"products":[{},{},{}]}}');
  expect(ways).toEqual(['text', 'text']);
});

describe('objects of abstract types', () => {
  const shapes = buildSubgraph(
    'shapes',
    `type Query { shown: [Shown] any: [Any] }
     interface Shown { label: String }
     union Any = Round | Square
     type Round implements Shown { label: String! size: Int }
     type Square implements Shown { label: String size: Int }`,
    {
      Query: {
        shown: () => [
          { of: 'Round', label: 'round' },
          { of: 'Square', label: 'square' },
        ],
        any: () => [{ of: 'Square', label: 'square', size: 3 }],
      },
      Shown: { __resolveType: ({ of }: { of: string }) => of },
      Any: { __resolveType: ({ of }: { of: string }) => of },
    },
  );
  const others = buildSubgraph('others', 'type Query { other: Any } union Any = Flat type Flat { x: Int }', {
    Query: { other: () => ({ x: 1 }) },
    Any: { __resolveType: () => 'Flat' },
  });

  test('are asked for by the types that their subgraph knows', async () => {
    const { ask, sent, ways } = await recordingGateway([shapes, others]);
    const query = '{ any { ... on Square { size } ... on Flat { x } } other { __typename ... on Flat { x } } }';
    expect(await ask(query)).toBe('{"data":{"any":[{"size":3}],"other":{"__typename":"Flat","x":1}}}');
    expect(ways).toEqual(['text']);
    expect(sent.map((each) => each.query)).toEqual([
      '{any{jt:__typename ...on Square{size}}}',
      '{other{jt:__typename ...on Flat{__typename x}}}',
    ]);
  });

  test('are left to the interpreter where the fields of two types could not be asked for together', async () => {
    const { ask, ways } = await recordingGateway([shapes, others]);
    expect(await ask('{ shown { label } }')).toBe('{"data":{"shown":[{"label":"round"},{"label":"square"}]}}');
    expect(ways).toEqual(['interpreted: a fetch that its subgraph would refuse']);
  });
});

test('values of custom scalars may nest', async () => {
  const { ask } = await recordingGateway();
  const query = '{ products { extra onHand } }';
  const answer = await ask(query);
  expect(answer).toContain('{"extra":{"deep":[{"er":[1]}]},"onHand":5}');
  for (let again = 0; again < 30; again++) expect(await ask(query)).toBe(answer);
});

test('an operation of any size is answered', async () => {
  const { ask } = await recordingGateway();
  const fields = (count: number) =>
    Array.from({ length: count }, (_, index) => `f${index}: name g${index}: onHand`).join(' ');
  for (const count of [100, 250, 900]) {
    const query = `{ products { ${fields(count)} } }`;
    expect(await ask(query)).toBe(await ask(query));
    expect(await ask(query)).toContain(`"f${count - 1}":"name \\"b\\"","g${count - 1}":5}`);
  }
});

test('possible types that multiply from level to level are left to the interpreter', async () => {
  const types = Array.from({ length: 20 }, (_, index) => `type T${index} implements Node { id: ID! parent: Node }`);
  const subgraph = buildSubgraph(
    'nodes',
    `interface Node { id: ID! parent: Node } ${types.join(' ')} type Query { node: Node }`,
    {
      Query: { node: () => ({ __typename: 'T0', id: '1', parent: { __typename: 'T1', id: '2' } }) },
    },
  );
  const { ask, sent } = await recordingGateway([subgraph]);
  const query = '{ node { id parent { id parent { id parent { id parent { id } } } } } }';
  expect(await ask(query)).toBe('{"data":{"node":{"id":"1","parent":{"id":"2","parent":null}}}}');
  // What is compiled is sent as text.
  expect(sent).toEqual([]);
});

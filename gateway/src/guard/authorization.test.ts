import { describe, expect, test, vi } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { machines, namings, own, planner, visitor } from '../../test-subgraphs/guarded-machines.ts';
import type { Gateway } from '../index.ts';
import { createAuthorization } from './authorization.ts';
import { anonymous } from './caller.ts';
import type { Caller } from './caller.ts';
import { limitGuard } from './limit-guard.ts';
import { maxErrors } from './restore-withheld.ts';

const policies = (_caller: Caller, names: readonly string[]) =>
  new Set(names.filter((name) => name === 'night shift' || name === 'owner'));

describe.each(Object.keys(namings))('directives %s', (naming) => {
  const edit = namings[naming]?.edit;
  const gatewayOf = (authorization = {}): Promise<Gateway> =>
    composeGateway([machines(naming)], {}, { authorization, ...(edit && { editSupergraph: edit }) });

  const refusal = (...path: (string | number)[]) => ({
    message: 'Unauthorized field or type',
    path,
    extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
  });

  async function ask(query: string, caller: Caller, gateway = gatewayOf()): Promise<unknown> {
    return JSON.parse(
      JSON.stringify(await (await gateway).execute({ query, caller })).replaceAll(/,"locations":\[[^\]]*\]/g, ''),
    );
  }

  test('let those see a field that have what it demands', async () => {
    const query = '{ must drill { price torque secret } report { title } }';
    expect(await ask(query, planner, gatewayOf({ policies }))).toEqual({
      data: { must: 1, drill: { price: 100, torque: 3, secret: 's1' }, report: { title: 'Report' } },
    });
  });

  test('answer null and an error for a field that a caller may not see', async () => {
    expect(await ask('{ open report { title } drill { name cost: price } }', anonymous)).toEqual({
      data: { open: 2, report: null, drill: { name: 'Drill', cost: null } },
      errors: [refusal('report'), refusal('drill', 'cost')],
    });
  });

  test('demand all scopes of one alternative', async () => {
    const query = '{ drill { price } }';
    const has = async (...scopes: string[]) => {
      const { data } = (await ask(query, { ...planner, scopes: new Set(scopes) })) as {
        data: { drill: { price: unknown } };
      };
      return data.drill.price;
    };
    expect(await has('stock')).toBeNull();
    expect(await has('cost:read')).toBeNull();
    expect(await has('cost:read', 'stock')).toBe(100);
    expect(await has('admin')).toBe(100);
  });

  test('demand policies that are asked for by name, and none without a way to ask', async () => {
    const query = '{ drill { secret } }';
    const asked = vi.fn(() => Promise.resolve(new Set(['owner'])));
    expect(await ask(query, planner, gatewayOf({ policies: asked }))).toMatchObject({
      data: { drill: { secret: null } },
    });
    expect(asked).toHaveBeenCalledWith(planner, ['night shift', 'owner', 'insured']);
    expect(await ask(query, planner)).toMatchObject({ data: { drill: { secret: null } } });
    expect(await ask(query, planner, gatewayOf({ policies }))).toEqual({ data: { drill: { secret: 's1' } } });
  });

  test('hold whatever another request made of the same text with another operation name', async () => {
    const gateway = gatewayOf();
    await (await gateway).execute({ query: '{ drill { price } }', operationName: '\n#', caller: anonymous });
    expect(await ask('#\n{ drill { price } }', anonymous, gateway)).toMatchObject({ data: { drill: { price: null } } });
  });

  test('null the nearest place that allows it', async () => {
    expect(await ask('{ open must }', anonymous)).toEqual({ data: null, errors: [refusal('must')] });
    expect(await ask('{ drill { torque } drills { torque } }', anonymous)).toEqual({
      data: null,
      errors: [refusal('drill', 'torque'), refusal('drills', 0, 'torque')],
    });
  });

  test('tell each place in a list, up to a bound', async () => {
    expect(await ask('{ drills { name price } }', visitor)).toEqual({
      data: {
        drills: [
          { name: 'Drill', price: null },
          { name: 'Drill', price: null },
        ],
      },
      errors: [refusal('drills', 0, 'price'), refusal('drills', 1, 'price')],
    });
    const prices = Array.from({ length: maxErrors }, (_, index) => `a${index}: price`).join(' ');
    const { errors } = (await ask(`{ drills { ${prices} } }`, visitor)) as { errors: unknown[] };
    expect(errors).toHaveLength(maxErrors);
  });

  test('on a type hold wherever it is returned', async () => {
    expect(await ask('{ press { name } }', anonymous)).toEqual({ data: { press: null }, errors: [refusal('press')] });
    expect(await ask('{ report { title rating badge } }', visitor)).toEqual({
      data: { report: { title: 'Report', rating: null, badge: null } },
      errors: [refusal('report', 'rating'), refusal('report', 'badge')],
    });
  });

  test('on an implementing type hold for its interfaces, in whatever way they are asked for', async () => {
    for (const query of [
      '{ machines { name } }',
      '{ machines { ... on Press { name } } }',
      '{ nodes { ... on Machine { ... on Press { id } } } }',
      '{ nodes { ...N } } fragment N on Node { id }',
    ]) {
      const response = (await ask(query, anonymous)) as { data: unknown };
      expect(response.data).toBeNull();
      expect(await ask(query, visitor)).not.toHaveProperty('errors');
    }
  });

  test('on a field of an implementing type hold for that of the interface, and the other way round', async () => {
    expect(await ask('{ machines { serial secret } }', visitor)).toEqual({
      data: {
        machines: [
          { serial: 7, secret: null },
          { serial: 8, secret: null },
        ],
      },
      errors: [refusal('machines', 0, 'secret'), refusal('machines', 1, 'secret')],
    });
    expect(await ask('{ machines { ... on Drill { secret } ... on Press { secret } } }', visitor)).toEqual({
      data: { machines: [{ secret: null }, { secret: 's2' }] },
      errors: [refusal('machines', 0, 'secret')],
    });
  });

  test('on a member of a union hold for its objects only', async () => {
    const query = '{ search { __typename ... on Kit { name } ... on Press { name } ... on Drill { name price } } }';
    expect(await ask(query, anonymous)).toEqual({
      data: {
        search: [
          { __typename: 'Drill', name: 'Drill', price: null },
          { __typename: 'Press', name: null },
          { __typename: 'Kit', name: 'Kit' },
        ],
      },
      errors: [refusal('search', 0, 'price'), refusal('search', 1, 'name')],
    });
    const withoutTypeName = '{ search { ... on Press { n: name } ... on Kit { n: name } } }';
    expect(await ask(withoutTypeName, anonymous)).toEqual({
      data: { search: [{}, { n: null }, { n: 'Kit' }] },
      errors: [refusal('search', 1, 'n')],
    });
  });

  test('hold in fragments, with conditions and with prototype names', async () => {
    const query = `query ($yes: Boolean! = true, $no: Boolean!, $currency: String) {
      drill { ...D ... @include(if: $yes) { __proto__: price } constructor: name hidden: price(currency: $currency) @include(if: $no) }
    } fragment D on Drill { toString: price }`;
    const response = await (
      await gatewayOf()
    ).execute({ query, caller: visitor, variables: { no: false, currency: 'CHF' } });
    expect(JSON.stringify(response.data)).toBe('{"drill":{"toString":null,"__proto__":null,"constructor":"Drill"}}');
    expect(response.errors?.map(({ path }) => path)).toEqual([
      ['drill', 'toString'],
      ['drill', '__proto__'],
    ]);
  });

  test('hold for each operation of a document apart', async () => {
    const query = 'query A { must } query B { open ...F } fragment F on Query { report { title } }';
    const gateway = await gatewayOf();
    expect(await gateway.execute({ query, operationName: 'A', caller: anonymous })).toMatchObject({ data: null });
    expect(await gateway.execute({ query, operationName: 'B', caller: anonymous })).toMatchObject({
      data: { open: 2, report: null },
    });
    expect(await gateway.execute({ query: 'query A { open } query B { must }', operationName: 'A' })).toEqual({
      data: { open: 2 },
    });
  });

  test('keep a mutation that is not allowed from running, and let the others run', async () => {
    expect(await ask('mutation { scrap keep }', visitor)).toEqual({
      data: { scrap: null, keep: 2 },
      errors: [refusal('scrap')],
    });
  });

  test('refuse a subscription that is not allowed, and withhold fields of events', async () => {
    const gateway = await gatewayOf();
    const eventsOf = async (query: string) => {
      const events: unknown[] = [];
      for await (const event of gateway.subscribe({ query, caller: anonymous })) events.push(event);
      return JSON.parse(JSON.stringify(events)) as unknown;
    };
    expect(await eventsOf('subscription { ticks { at secret } }')).toMatchObject([
      { data: { ticks: { at: 1, secret: null } }, errors: [{ path: ['ticks', 'secret'] }] },
    ]);
    expect(await eventsOf('subscription { secretTicks { at } }')).toEqual([
      {
        errors: [
          {
            message: 'The caller may not see Subscription.secretTicks.',
            extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
          },
        ],
      },
    ]);
  });

  test('do not apply to introspection', async () => {
    const query =
      '{ __schema { queryType { name } } __type(name: "Press") { fields { name } } must: report { title } }';
    expect(await ask(query, anonymous)).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' } }, __type: { fields: [{}, {}, {}, {}, {}] }, must: null },
    });
  });

  test('refuse the whole operation where that is wanted', async () => {
    expect(await ask('{ open must drill { price } }', anonymous, gatewayOf({ rejectUnauthorized: true }))).toEqual({
      errors: [
        {
          message: 'The caller may not see Query.must, Drill.price.',
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
        },
      ],
    });
  });

  test('leave to others what a plan for one caller withheld', async () => {
    const gateway = gatewayOf();
    const query = '{ drill { price torque } }';
    expect(await ask(query, anonymous, gateway)).toMatchObject({ data: { drill: null } });
    expect(await ask(query, planner, gateway)).toEqual({ data: { drill: { price: 100, torque: 3 } } });
    expect(await ask(query, visitor, gateway)).toMatchObject({ data: { drill: { price: null, torque: 3 } } });
    expect(await ask(query, anonymous, gateway)).toMatchObject({ data: { drill: null } });
  });
});

test('what is not asked of a subgraph is not asked for', async () => {
  const subgraph = machines(own);
  const gateway = await composeGateway([subgraph]);
  const prepared = await gateway.prepare({ query: '{ open drill { price name } }', caller: visitor });
  expect(JSON.stringify(prepared.planned.plan)).not.toContain('price');
});

test('an operation that is not valid, too large or has wrong variables is refused as ever', async () => {
  const gateway = await composeGateway([machines(own)], {}, { operationLimits: { limits: { maxAliases: 2 } } });
  const codeOf = async (query: string, variables = {}) =>
    (await gateway.execute({ query, variables, caller: visitor })).errors?.[0]?.extensions['code'];
  expect(await codeOf('{ must nope }')).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await codeOf('{')).toBe('GRAPHQL_PARSE_FAILED');
  expect(await codeOf('query A { open } query B { must }')).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await codeOf('{ a: must b: must c: must }')).toBe('OPERATION_TOO_LARGE');
  expect(await codeOf('query ($c: String) { drill { price(currency: $c) } }', { c: 1 })).toBe('BAD_USER_INPUT');
});

test.each([
  ['is large', `{ ${'drill { price name } '.repeat(90)} }`],
  ['is a cycle', '{ drill { ...A } } fragment A on Drill { price ...B } fragment B on Drill { ...A }'],
])('that an operation is valid is left to the planner to say, even if it %s', async (_, query) => {
  const { supergraph } = await composeGateway([machines(own)]);
  const rules = supergraph.authorization;
  if (!rules) throw new Error('no rules');
  const authorization = createAuthorization(supergraph, rules, limitGuard());
  const validate = vi.fn(() => Promise.reject(new Error('not valid')));
  const request = { query, operationName: undefined, variables: {}, validate };
  await expect(authorization.restrict({ ...request, caller: visitor })).rejects.toThrow('not valid');
  expect(
    await authorization.restrict({ ...request, caller: { ...planner, scopes: new Set(['admin']) } }),
  ).toBeUndefined();
  expect(validate).toHaveBeenCalledTimes(1);
});

test('a policy that cannot be asked for fails the operation', async () => {
  const faults: unknown[] = [];
  const gateway = await composeGateway(
    [machines(own)],
    {},
    {
      authorization: { policies: () => Promise.reject(new Error('no policies')) },
      onFault: (fault) => faults.push(fault),
    },
  );
  const { data, errors } = await gateway.execute({ query: '{ drill { secret } }', caller: planner });
  expect(data).toBeUndefined();
  expect(errors?.[0]?.extensions['code']).toBe('INTERNAL_ERROR');
  expect(faults).toEqual([new Error('no policies')]);
});

test('a graph without such directives reads no document for them', async () => {
  const gateway = await composeGateway([buildSubgraph('a', 'type Query { a: Int }', { Query: { a: () => 1 } })]);
  expect(gateway.supergraph.authorization).toBeUndefined();
});

import fc from 'fast-check';
import {
  isLeafType,
  isObjectType,
  isInterfaceType,
  getNamedType,
  parse,
  validate,
  validateSchema,
  isEnumType,
} from 'graphql';
import type { GraphQLSchema, GraphQLObjectType } from 'graphql';
import { expect, test, vi } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import {
  contractList,
  lifecycleLinks,
  machineSubgraphs,
  versionedSupergraph,
} from '../../test-subgraphs/versioned-machines.ts';
import { planDocument } from '../plan/plan-document.ts';
import type { Supergraph } from '../index.ts';

// Each run composes a supergraph.
vi.setConfig({ testTimeout: 120_000 });

const dates = ['2026-08', '2026-11', '2027-02', '2027-08'];
const directives = fc
  .record({
    born: fc.integer({ min: -3, max: 3 }),
    gone: fc.integer({ min: 0, max: 8 }),
    tag: fc.constantFrom('', '', '', '@tag(name: "suppliers")', '@tag(name: "planning")'),
  })
  .map(({ born, gone, tag }) => {
    const since = dates[born];
    const removed = gone > born ? dates[gone] : undefined;
    const life = [since && `since: "${since}"`, removed && `removed: "${removed}", reason: "x"`]
      .filter(Boolean)
      .join(', ');
    return `${life && `@lifecycle(${life})`} ${tag}`;
  });
const outputs = fc.constantFrom('Int', 'E!', '[A!]', 'B', 'I', 'U', 'String');
const fields = fc
  .array(fc.tuple(outputs, directives, fc.option(directives)), { minLength: 1, maxLength: 4 })
  .map((all) =>
    all
      .map(([type, of, argument], index) => `f${index}${argument === null ? '' : `(a: N ${argument})`}: ${type} ${of}`)
      .join('\n'),
  );
const graphs = fc
  .record({
    query: fields,
    a: fields,
    b: fields,
    ofA: directives,
    ofB: directives,
    values: fc.array(directives, { minLength: 1, maxLength: 4 }),
    input: directives,
  })
  .map(
    ({ query, a, b, ofA, ofB, values, input }) => `${lifecycleLinks}
      type Query { always: Int @tag(name: "suppliers") named: I enum: E ${query} }
      interface I { name: String }
      union U = A | B
      type A implements I ${ofA} { name: String ${a} }
      type B implements I ${ofB} { name: String ${b} }
      enum E { ALWAYS ${values.map((of, index) => `V${index} ${of}`).join('\n')} }
      input N { e: E ${input} n: Int }`,
  );

async function loaded(sdl: string): Promise<Supergraph | undefined> {
  try {
    return await versionedSupergraph([buildSubgraph('a', sdl)]);
  } catch (error) {
    expect((error as Error).message).not.toBe('');
    return undefined;
  }
}

/** Coordinates of the members of the types of a schema. */
function membersOf(schema: GraphQLSchema): Map<string, string> {
  const members = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    const names =
      isObjectType(type) || isInterfaceType(type)
        ? Object.keys(type.getFields())
        : isEnumType(type)
          ? type.getValues().map(({ name }) => name)
          : [];
    for (const name of names) members.set(`${type.name}.${name}`, type.name);
  }
  return members;
}

test('what is derived from any graph that is not refused is a valid schema, without gaps in what it shows', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(graphs, async (sdl) => {
      const contracts = (await loaded(sdl))?.contracts;
      if (!contracts) return;
      accepted++;
      for (const name of contracts.names()) expect(validateSchema(contracts.get(name)!.schema)).toEqual([]);
      for (const audience of [undefined, ...Object.keys(contractList.audiences)]) {
        const [first, between, last] = ['2026-08', '2026-11', 'next'].map(
          (version) => contracts.get({ version, audience })!.schema,
        ) as [GraphQLSchema, GraphQLSchema, GraphQLSchema];
        const [before, after] = [membersOf(first), membersOf(last)];
        for (const [member, type] of before) {
          // A life has no gap; only what leads to a type may change meanwhile.
          if (after.has(member) && between.getType(type)) expect([...membersOf(between).keys()]).toContain(member);
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(accepted).toBeGreaterThan(5);
});

/** An operation of a contract, chosen by a sequence of numbers. */
function operationOf(schema: GraphQLSchema, choices: readonly number[]): string {
  let at = 0;
  const choose = (count: number) => (choices[at++ % choices.length] ?? 0) % count;
  const select = (type: GraphQLObjectType, depth: number): string => {
    const usable = Object.values(type.getFields()).filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
    const chosen = usable.filter(() => choose(3) > 0);
    const texts = chosen.map((field, index) => {
      const named = getNamedType(field.type);
      const required = field.name === 'machine' ? '(id: 1)' : '';
      return `r${depth}_${index}: ${field.name}${required}${selection(named, depth)}`;
    });
    return `{ __typename ${texts.join(' ')} }`;
  };
  const selection = (named: ReturnType<typeof getNamedType>, depth: number): string => {
    if (isObjectType(named)) return select(named, depth - 1);
    if (isLeafType(named)) return '';
    const possible = schema.getPossibleTypes(named as never);
    return `{ __typename ${possible.map((type, index) => `... on ${type.name} { t${index}: __typename }`).join(' ')} }`;
  };
  return select(schema.getQueryType()!, 3);
}

test('what is valid in a contract is valid on the full graph, and is planned', async () => {
  const supergraph = await versionedSupergraph(machineSubgraphs(() => []));
  const { contracts, apiSchema } = supergraph;
  fc.assert(
    fc.property(
      fc.constantFrom(...contracts!.names()),
      fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
      (name, choices) => {
        const contract = contracts!.get(name)!;
        const document = parse(operationOf(contract.schema, choices));
        expect(validate(contract.schema, document)).toEqual([]);
        expect(validate(apiSchema, document)).toEqual([]);
        expect(planDocument(supergraph.as(contract), document, undefined)).toBeDefined();
      },
    ),
    { numRuns: 200 },
  );
});

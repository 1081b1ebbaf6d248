import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { parse } from 'graphql';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { OperationRefused } from '../errors.ts';
import { limitGuard } from './limit-guard.ts';
import { extentOf, valueExtentOf } from './operation-extent.ts';
import type { Exceeded, OperationLimits } from './operation-limits.ts';

const small: Partial<OperationLimits> = {
  maxCharacters: 400,
  maxTokens: 60,
  maxExpandedFields: 8,
  maxDepth: 5,
  maxAliases: 3,
  maxRootFields: 4,
  maxDirectives: 4,
  maxDirectivesPerPlace: 2,
  maxFragments: 2,
  maxVariableValues: 5,
  maxVariableDepth: 3,
};

function refusalOf(run: () => unknown): unknown[] {
  try {
    run();
  } catch (error) {
    if (error instanceof OperationRefused) return error.errors.map(({ extensions }) => extensions);
    throw error;
  }
  return [];
}

const cases: [string, string, keyof OperationLimits, number, number][] = [
  ['of too many characters', `{ a } #${'x'.repeat(400)}`, 'maxCharacters', 407, 400],
  ['of too many tokens', `{ ${'a '.repeat(60)} }`, 'maxTokens', 61, 60],
  [
    'whose fragments expand',
    '{ x { ...A ...A } } fragment A on X { ...B ...B } fragment B on X { a b }',
    'maxExpandedFields',
    15,
    8,
  ],
  ['that is deep', '{ a { a { a { a { a { a } } } } } }', 'maxDepth', 6, 5],
  ['with aliases', '{ x { a: a b: a c: a d: a } }', 'maxAliases', 4, 3],
  ['with aliases in a fragment spread twice', '{ x { ...A ...A } } fragment A on X { a: a b: a }', 'maxAliases', 4, 3],
  ['with prototype names for aliases', '{ x { __proto__: a constructor: a a: a b: a } }', 'maxAliases', 4, 3],
  ['with root fields', '{ a b c d e }', 'maxRootFields', 5, 4],
  ['with root fields in fragments', '{ ...A ...A a } fragment A on Query { a b }', 'maxRootFields', 5, 4],
  ['with directives', '{ a @x b @x c @x d @x @x }', 'maxDirectives', 5, 4],
  ['with directives on variables', 'query ($a: A @x @x @x) { a }', 'maxDirectivesPerPlace', 3, 2],
  ['with directives on a fragment', '{ ...A } fragment A on X @x @x @x { a }', 'maxDirectivesPerPlace', 3, 2],
  ['with directives repeated', '{ a @x @x @x }', 'maxDirectivesPerPlace', 3, 2],
  ['with fragments', '{ a } fragment A on X { a } fragment B on X { a } fragment C on X { a }', 'maxFragments', 3, 2],
];

describe('a document is refused', () => {
  test.each(cases)('%s', (_name, query, limit, found, allowed) => {
    const refusals = refusalOf(() => limitGuard({ limits: small }).parse(query));
    expect(refusals).toEqual([{ code: 'OPERATION_TOO_LARGE', limit, found, allowed }]);
  });

  test('for everything that is wrong with its size', () => {
    const refusals = refusalOf(() => limitGuard({ limits: small }).parse('{ a: a b: a c: a d: a e: a }'));
    expect(refusals).toMatchObject([{ limit: 'maxAliases' }, { limit: 'maxRootFields' }]);
  });

  test('with a message that names the limit, what was found and what is allowed', () => {
    expect(() => limitGuard({ limits: small }).parse('{ a b c d e }')).toThrow(
      'The operation has 5 root fields when its fragments are written out; at most 4 are allowed (maxRootFields).',
    );
  });
});

test.each([
  ['a cycle', '{ ...A } fragment A on X { a ...B } fragment B on X { ...A }'],
  ['a cycle of one', '{ ...A } fragment A on X { ...A }'],
  ['an unknown fragment', '{ ...A }'],
])('%s of fragments is left to validation', (_name, query) => {
  expect(refusalOf(() => limitGuard({ limits: small }).parse(query))).toEqual([]);
});

test('the default limits stop nothing that is ordinary', () => {
  const names = Array.from({ length: 90 }, (_, index) => `a${index}: products(first: ${index}) { name sku }`);
  expect(refusalOf(() => limitGuard().parse(`{ ${names.join(' ')} }`))).toEqual([]);
});

describe('variables are refused', () => {
  test.each([
    ['with too many values', { list: [1, 2, 3, 4, 5] }, 'maxVariableValues', 7, 5],
    ['that are deep', { a: { b: { c: {} } } }, 'maxVariableDepth', 4, 3],
    ['that are deep in lists', { a: [[[]]] }, 'maxVariableDepth', 4, 3],
  ])('%s', (_name, variables, limit, found, allowed) => {
    const refusals = refusalOf(() => limitGuard({ limits: small }).checkVariables(variables));
    expect(refusals).toEqual([{ code: 'OPERATION_TOO_LARGE', limit, found, allowed }]);
  });

  test('without following them further than they may go', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(valueExtentOf(deep, 10)).toEqual({ values: 11, depth: 11 });
  });
});

describe('measuring', () => {
  test.each(cases.filter(([, , limit]) => !['maxTokens', 'maxExpandedFields', 'maxDepth'].includes(limit)))(
    'lets pass and reports a document %s',
    (_name, query, limit, found, allowed) => {
      const reported: Exceeded[] = [];
      const guard = limitGuard({ limits: small, mode: 'measure', onExceeded: (exceeded) => reported.push(exceeded) });
      const document = guard.parse(query);
      guard.reportPassed(document);
      guard.reportPassed(document);
      const report = { limit, found, allowed, refused: false };
      expect(reported).toEqual([report, report]);
      expect(guard.counts).toEqual(new Map([[limit, 2]]));
    },
  );

  test('still refuses what would harm the process', () => {
    const guard = limitGuard({ limits: small, mode: 'measure' });
    const fragments = Array.from(
      { length: 100 },
      (_, level) => `fragment F${level} on X { ...F${level + 1} ...F${level + 1} }`,
    );
    const deepest = `${'{ a '.repeat(201)}${'}'.repeat(201)}`;
    let deep: unknown = 1;
    for (let level = 0; level < 101; level++) deep = [deep];
    expect(refusalOf(() => guard.parse(`{ ...F0 } ${fragments.join(' ')} fragment F100 on X { a }`))).toMatchObject([
      { limit: 'maxExpandedFields', found: Number.MAX_SAFE_INTEGER },
    ]);
    expect(refusalOf(() => guard.parse(deepest))).toMatchObject([{ limit: 'maxDepth', found: 201 }]);
    expect(refusalOf(() => guard.parse(`{ ${'a '.repeat(10_000)} }`))).toMatchObject([{ limit: 'maxTokens' }]);
    expect(refusalOf(() => guard.checkVariables({ deep }))).toMatchObject([{ limit: 'maxVariableDepth' }]);
    expect(guard.counts.get('maxDepth')).toBe(1);
  });

  test('counts each request of a gateway, also those whose plan is known', async () => {
    const gateway = await composeGateway(
      plantSubgraphs(createPlant),
      {},
      {
        operationLimits: { limits: { maxRootFields: 1 }, mode: 'measure' },
      },
    );
    const query = '{ a: sites { code } b: sites { code } }';
    for (let request = 0; request < 3; request++) {
      expect((await gateway.execute({ query })).errors).toBeUndefined();
    }
    expect(gateway.exceeded).toEqual(new Map([['maxRootFields', 3]]));
  });
});

test('the extent is that of the fragments written out', () => {
  const level = fc.integer({ min: 0, max: 3 });
  const fragments = fc.array(fc.array(fc.tuple(fc.boolean(), level), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(fragments, (bodies) => {
      // Each fragment spreads only later ones, so that there are no cycles, and the first is in use as a whole.
      const body = (index: number) =>
        (bodies[index] ?? [])
          .map(([isField, step], position) => {
            const next = index + 1 + (position === 0 ? 0 : step);
            if (next >= bodies.length) return isField ? 'a' : 'b: a';
            return isField ? `a { ...F${next} }` : `...F${next}`;
          })
          .join(' ');
      const writtenOut = (index: number): string =>
        (bodies[index] ?? [])
          .map(([isField, step], position) => {
            const next = index + 1 + (position === 0 ? 0 : step);
            if (next >= bodies.length) return isField ? 'a' : 'b: a';
            return isField ? `a { ... { ${writtenOut(next)} } }` : `... { ${writtenOut(next)} }`;
          })
          .join(' ');
      const definitions = bodies.map((_, index) => `fragment F${index} on X { ${body(index)} }`);
      const spread = extentOf(parse(`{ ...F0 } ${definitions.join(' ')}`));
      expect({ ...spread, fragments: 0 }).toEqual(extentOf(parse(`{ ... { ${writtenOut(0)} } }`)));
    }),
  );
});

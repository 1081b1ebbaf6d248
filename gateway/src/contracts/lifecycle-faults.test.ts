import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { contractList, lifecycleLinks, versionedSupergraph } from '../../test-subgraphs/versioned-machines.ts';
import { composeSupergraph, loadSupergraph } from '../index.ts';
import type { ContractList } from '../index.ts';

/** Why a supergraph of such subgraphs is refused; undefined if it is not. */
async function refusalOf(sdls: readonly string[], list?: ContractList): Promise<string | undefined> {
  const subgraphs = sdls.map((sdl, index) => buildSubgraph(`graph-${index}`, lifecycleLinks + sdl));
  const sources = subgraphs.map(({ name, sdl }) => ({ name, transport: { sdl: () => Promise.resolve(sdl) } }));
  try {
    if (list) await versionedSupergraph(subgraphs, list);
    else loadSupergraph(await composeSupergraph(sources, new AbortController().signal));
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: 'SupergraphRefused' });
    return (error as Error).message;
  }
}

const life = (given: string) => `type Query { old: Int new: Int gone: Int @lifecycle(${given}) }`;

describe('a supergraph is refused', () => {
  test('whose tags have another name, by which audiences would see what they must not', async () => {
    const sdl = `${lifecycleLinks.replace('"@tag"', '{ name: "@tag", as: "@label" }')}
      type Query { open: Int secret: Int @label(name: "planning") }`;
    await expect(versionedSupergraph([buildSubgraph('graph', sdl)])).rejects.toThrow('Tags are read as @tag only');
  });

  test.each([
    [
      'a life that ends before it begins',
      life('since: "2027-02", removed: "2026-11", reason: "x"'),
      'Query.gone: since 2027-02 must come before removed 2026-11.',
    ],
    [
      'a life that ends as it begins',
      life('since: "2026-11", removed: "2026-11", reason: "x"'),
      'Query.gone: since 2026-11 must come before removed 2026-11.',
    ],
    [
      'a warning before the life begins',
      life('since: "2027-02", deprecated: "2026-11", reason: "x"'),
      'Query.gone: since 2027-02 must come before deprecated 2026-11.',
    ],
    [
      'a warning when it is too late',
      life('deprecated: "2026-11", removed: "2026-11", reason: "x"'),
      'Query.gone: deprecated 2026-11 must come before removed 2026-11.',
    ],
    ['a malformed version', life('since: "2026-13"'), 'Query.gone: "2026-13" is no version: it must be YYYY-MM.'],
    [
      'an end without a reason',
      life('removed: "2026-11"'),
      'Query.gone: it goes, but neither `reason` nor `replacement` says what to do.',
    ],
    [
      'a replacement that does not exist',
      life('removed: "2026-11", replacement: "Query.nothing"'),
      'Query.gone: its replacement Query.nothing is not there in 2026-11.',
    ],
    [
      'a replacement of what stays',
      life('replacement: "Query.new"'),
      'Query.gone: it has a replacement, but does not go.',
    ],
    [
      'a replacement that comes too late',
      'type Query { gone: Int @lifecycle(removed: "2026-11", replacement: "Query.new") new: Int @lifecycle(since: "2027-02") }',
      'Query.gone: its replacement Query.new is not there in 2026-11.',
    ],
    [
      'a replacement whose type comes too late',
      'type Query { gone: Int @lifecycle(removed: "2026-11", replacement: "Late.field") late: Late @lifecycle(since: "2027-02") } type Late @lifecycle(since: "2027-02") { field: Int }',
      'Query.gone: its replacement Late.field is not there in 2026-11.',
    ],
    [
      'a replacement that goes before',
      'type Query { gone: Int @lifecycle(deprecated: "2026-08", replacement: "Query.new") new: Int @lifecycle(removed: "2027-02", reason: "x") }',
      'Query.gone: its replacement Query.new is not there in 2027-02.',
    ],
    [
      'a replacement that does not exist of what has no end',
      'type Query { gone: Int @lifecycle(deprecated: "2026-08", replacement: "Query.nothing") }',
      'Query.gone: its replacement Query.nothing is not there in 2026-08.',
    ],
    [
      'a former name of what is no enum value',
      life('since: "2026-11", formerly: "old"'),
      'Query.gone: only an enum value has `formerly`.',
    ],
    [
      'a former name of what was always there',
      'type Query { e: E } enum E { A B @lifecycle(formerly: "A") }',
      'E.B: `formerly` without `since`',
    ],
    [
      'a former name of nothing',
      'type Query { e: E } enum E { A B @lifecycle(since: "2026-11", formerly: "C") }',
      'E.B: E has no value C.',
    ],
    [
      'a former name that is not there before',
      'type Query { e: E } enum E { A B @lifecycle(since: "2027-02", formerly: "C") C @lifecycle(since: "2026-11") }',
      'E.B: C is to be shown in its place in 0000-01, but is not there.',
    ],
    [
      'a required argument that comes',
      'type Query { f(a: Int! @lifecycle(since: "2026-11")): Int }',
      'Query.f(a:): it must be given, so it can neither come nor go: make it optional.',
    ],
    [
      'a required input field that goes',
      'type Query { f(a: I): Int } input I { b: Int c: Int! @lifecycle(removed: "2026-11", reason: "x") }',
      'I.c: it must be given, so it can neither come nor go: make it optional.',
    ],
    [
      'a deprecated type',
      'type Query { a: A } type A @lifecycle(deprecated: "2026-11", reason: "x") { b: Int }',
      'A: a type cannot be deprecated: deprecate the fields and arguments that are of it.',
    ],
    [
      'a field whose type comes later',
      'type Query { a: A } type A @lifecycle(since: "2026-11") { b: Int }',
      '0000-01: Query.a is shown, but its type A is not',
    ],
    [
      'a field whose type goes earlier',
      'type Query { a: A b: Int } type A @lifecycle(removed: "2026-11", reason: "x") { b: Int }',
      '2026-11: Query.a is shown, but its type A is not',
    ],
    [
      'an argument whose type comes later',
      'type Query { f(a: I): Int } input I @lifecycle(since: "2026-11") { b: Int }',
      '0000-01: Query.f(a:) is shown, but its type I is not',
    ],
    [
      'a type without fields',
      'type Query { a: A } type A { b: Int @lifecycle(since: "2026-11") }',
      '0000-01: A is shown, but none of its fields',
    ],
    [
      'an enum without values',
      'type Query { e: E } enum E { A @lifecycle(since: "2026-11") }',
      '0000-01: E is shown, but none of its values',
    ],
    [
      'a union without types',
      'type Query { u: U b: B @lifecycle(since: "2026-11") } union U = B type B @lifecycle(since: "2026-11") { c: Int }',
      '0000-01: U is shown, but none of its types',
    ],
    [
      'a type without a field of its interface',
      'type Query { i: I } interface I { a: Int b: Int } type A implements I { a: Int @lifecycle(since: "2026-11") b: Int }',
      '0000-01: I.a is shown, but A.a is not',
    ],
    [
      'a type without an argument of its interface',
      'type Query { i: I } interface I { a(x: Int): Int } type A implements I { a(x: Int @lifecycle(since: "2026-11")): Int }',
      '0000-01: I.a(x:) is shown, but A.a(x:) is not',
    ],
    [
      'a default that is not there',
      'type Query { f(e: E = B): Int } enum E { A B @lifecycle(since: "2026-11") }',
      '0000-01: the default of Query.f(e:) is E.B, which is not shown',
    ],
    [
      'a default that gives what is not there',
      'type Query { f(i: I = { b: 1 }): Int } input I { a: Int b: Int @lifecycle(since: "2026-11") }',
      '0000-01: the default of Query.f(i:) gives I.b, which is not shown',
    ],
    [
      'a graph in which nothing can be asked',
      'type Query { a: Int @lifecycle(since: "2026-11") }',
      '0000-01: Query is shown, but none of its fields',
    ],
  ])('for %s', async (_, sdl, fault) => {
    expect(await refusalOf([sdl])).toContain(fault);
  });

  test('for two subgraphs that give an element different lives', async () => {
    const shared = (since: string) =>
      `type Query { a: A @shareable } type A @shareable { b: Int c: Int @lifecycle(since: "${since}") }`;
    expect(await refusalOf([shared('2026-11'), shared('2027-02')])).toContain('A.c: has 2 lives');
    expect(await refusalOf([shared('2026-11'), shared('2026-11')])).toBeUndefined();
  });

  test('for an audience that could ask nothing, or would see half an interface', async () => {
    const audiences = { buyers: { description: '', include: ['buyers'] } };
    const list = { ...contractList, audiences };
    expect(await refusalOf(['type Query { a: Int }'], list)).toContain('buyers/2026-08: nothing of Query is shown');
    const half = `type Query { i: I @tag(name: "buyers") }
      interface I @tag(name: "buyers") { a: Int } type A implements I { a: Int b: Int @tag(name: "buyers") }`;
    expect(await refusalOf([half], list)).toContain('buyers/2026-08: I.a is shown, but A.a is not');
  });

  test('for a tag that hides a field of an interface, and not what implements it', async () => {
    const audiences = { portal: { description: '', exclude: ['internal'] } };
    const sdl = (tag: string) => `type Query { i: I }
      interface I { a(x: Int @tag(name: "internal")): Int cost: Int @tag(name: "internal") }
      type A implements I { a(x: Int ${tag}): Int cost: Int ${tag} }`;
    const list = { ...contractList, audiences };
    const refusal = await refusalOf([sdl('')], list);
    expect(refusal).toContain('portal/2026-08: I.cost is hidden by its tag, but A.cost is not');
    expect(refusal).toContain('portal/2026-08: I.a(x:) is hidden by its tag, but A.a(x:) is not');
    expect(await refusalOf([sdl('@tag(name: "internal")')], list)).toBeUndefined();
  });

  test('for a list that is not valid', async () => {
    const subgraph = buildSubgraph('a', `${lifecycleLinks} type Query { a: Int }`);
    const { sdl } = await versionedSupergraph([subgraph], { ...contractList, audiences: {} });
    const edited = sdl.replace('stable: "2026-11"', 'stable: "2026-12"');
    expect(() => loadSupergraph(edited)).toThrow('2026-12, is not released');
  });

  test('for a @lifecycle of another specification or name', async () => {
    const linked = (from: string, to: string) => {
      const sdl = `${lifecycleLinks} type Query { a: Int @lifecycle(removed: "2026-11", reason: "x") b: Int }`;
      return [{ name: 'a', transport: { sdl: () => Promise.resolve(sdl.replace(from, to)) } }];
    };
    const other = await composeSupergraph(linked('lifecycle/v1.0', 'lifecycle/v2.0'), new AbortController().signal);
    expect(() => loadSupergraph(other)).toThrow('Only https://takt.example/lifecycle/v1.0 is understood');
    const { sdl } = loadSupergraph(await composeSupergraph(linked('', ''), new AbortController().signal));
    const renamed = sdl.replace('import: ["@lifecycle"]', 'import: [{ name: "@lifecycle", as: "@life" }]');
    expect(() => loadSupergraph(renamed.replaceAll('@lifecycle(', '@life('))).toThrow('under another name');
  });
});

describe('a supergraph is accepted', () => {
  test.each([
    ['comes when it goes', 'removed: "2026-11", ', 'since: "2026-11"'],
    ['comes before any end is known', '', 'since: "2027-02"'],
  ])('with an element whose replacement %s', async (_, removed, born) => {
    const sdl = `type Query {
      old: Int @lifecycle(deprecated: "2026-08", ${removed}replacement: "Query.new") new: Int @lifecycle(${born}) a: Int }`;
    expect(await refusalOf([sdl])).toBeUndefined();
    expect(await refusalOf([sdl], { ...contractList, audiences: {} })).toBeUndefined();
  });

  test('with a former name of a former name', async () => {
    const sdl = `type Query { e: E } enum E {
      A @lifecycle(removed: "2026-11", reason: "x")
      B @lifecycle(since: "2026-11", formerly: "A")
      C @lifecycle(since: "2027-02", formerly: "B")
    }`;
    expect(await refusalOf([sdl])).toBeUndefined();
  });

  test('with types that only what comes later leads to', async () => {
    const sdl = `type Query { a: Int b: B @lifecycle(since: "2026-11") }
      type B { c: C } type C @lifecycle(since: "2026-11") { d: Int }`;
    expect(await refusalOf([sdl])).toBeUndefined();
  });

  test('with a type that implements an interface that comes later', async () => {
    const sdl = `type Query { a: A i: I @lifecycle(since: "2026-11") }
      interface I @lifecycle(since: "2026-11") { b: Int } type A implements I { b: Int }`;
    expect(await refusalOf([sdl])).toBeUndefined();
  });

  test('if only versions that nobody lists would be broken', async () => {
    const sdl = 'type Query { a: Int e: E } enum E { A @lifecycle(since: "2026-01") }';
    expect(await refusalOf([sdl])).toContain('0000-01');
    expect(await refusalOf([sdl], { ...contractList, audiences: {} })).toBeUndefined();
  });
});

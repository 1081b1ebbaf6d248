import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countReads, openLmdbStore } from '@takt/document-store';
import type { Collection, Conditions, FieldPath } from '@takt/document-store';
import { execute, parse } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { Field, ObjectType, Query, Resolver, buildSchema } from 'type-graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionOf, connectionPage, filterConditions, pageLoader } from './index.ts';
import type { Connection, PageLoader } from './index.ts';

interface Thing {
  readonly sku: string;
  readonly location: string;
}

let directory: string;
let counted: ReturnType<typeof countReads>;
let things: Collection<Thing>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-connection-'));
  counted = countReads(await openLmdbStore({ directory }));
  things = await counted.store.collection<Thing>({ name: 'things', indexes: [['sku'], ['location', 'sku']] });
  await things.commit(
    ['A', 'B', 'C'].map((sku) => ({ id: sku, document: { sku, location: 'P' }, events: [], messageIds: [] })),
  );
});

beforeEach(() => {
  counted.reset();
});

afterAll(async () => {
  await counted.store.close();
  await rm(directory, { recursive: true });
});

function thingPage(
  given: { where?: Conditions<Thing>; first?: number; after?: string; loader?: PageLoader<Thing> } = {},
): Promise<Connection<{ sku: string }>> {
  const { where = {}, first = 2, after = null, loader = pageLoader(things) } = given;
  const orderBy: FieldPath<Thing>[] = ['sku'];
  return connectionPage(loader, { page: { first, after }, where, orderBy, node: ({ document }) => document });
}

describe('a connection', () => {
  let schema: GraphQLSchema;

  beforeAll(async () => {
    @ObjectType('Thing')
    class ThingType {
      @Field(() => String)
      sku!: string;
    }
    @ObjectType()
    class ThingConnection extends connectionOf(ThingType) {}
    @Resolver()
    class ThingResolver {
      @Query(() => ThingConnection)
      things() {
        return thingPage();
      }
    }
    schema = await buildSchema({ resolvers: [ThingResolver], validate: false });
  });

  it.each([
    ['{ things { totalCount } }', { totalCount: 3 }, 1],
    ['{ things { nodes { sku } } }', { nodes: [{ sku: 'A' }, { sku: 'B' }] }, 1],
    ['{ things { __typename } }', { __typename: 'ThingConnection' }, 0],
  ])('reads no more than %s asks for', async (query, expected, reads) => {
    const result = await execute({ schema, document: parse(query) });
    expect(result.errors).toBeUndefined();
    expect(result.data?.things).toEqual(expected);
    expect(counted.reads()).toBe(reads);
  });

  it('reads one page for nodes, edges and page information', async () => {
    const document = parse(
      '{ things { nodes { sku } edges { cursor node { sku } } pageInfo { hasNextPage endCursor } } }',
    );
    const { data } = await execute({ schema, document });
    expect(data?.things).toMatchObject({ edges: [{ node: { sku: 'A' } }, {}], pageInfo: { hasNextPage: true } });
    expect(counted.reads()).toBe(1);
  });

  it('reads no page for the count alone', async () => {
    const page = vi.spyOn(things, 'pages');
    await execute({ schema, document: parse('{ things { totalCount } }') });
    expect(page).not.toHaveBeenCalled();
    page.mockRestore();
  });
});

describe('a page', () => {
  it('goes on after a cursor', async () => {
    const { endCursor } = await (await thingPage()).pageInfo();
    const next = await thingPage({ after: endCursor ?? '' });
    expect((await next.nodes()).map(({ sku }) => sku)).toEqual(['C']);
    expect(await next.pageInfo()).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it.each([
    ['a negative size', { first: -1 }, 'BAD_USER_INPUT'],
    ['a size beyond the limit', { first: 501 }, 'BAD_USER_INPUT'],
    ['no cursor', { after: 'x' }, 'CURSOR_INVALID'],
  ])('refuses %s before anything is asked for', async (_, given, code) => {
    await expect(thingPage(given)).rejects.toMatchObject({ extensions: { code } });
  });

  it('refuses a cursor of other conditions as a cursor', async () => {
    const { endCursor } = await (await thingPage()).pageInfo();
    const other = await thingPage({ where: { sku: 'C' }, after: endCursor ?? '' });
    await expect(other.nodes()).rejects.toMatchObject({ extensions: { code: 'CURSOR_INVALID' } });
  });

  it('refuses a value that no store can look for as the client’s fault, with a cursor and in the count too', async () => {
    const { endCursor } = await (await thingPage()).pageInfo();
    const wrong = await thingPage({ where: { location: '\ud800' }, after: endCursor ?? '' });
    const refusal = { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringMatching(/location/) as string };
    await expect(wrong.nodes()).rejects.toMatchObject(refusal);
    await expect(wrong.totalCount()).rejects.toMatchObject(refusal);
  });

  it('leaves an error of ours as it is', async () => {
    const bug = new TypeError('x is not a function');
    const loader: PageLoader<Thing> = {
      page: () => Promise.reject(bug),
      count: () => Promise.reject(bug),
      select: () => Promise.reject(bug),
      collection: 'things',
    };
    const page = await thingPage({ loader });
    await expect(page.edges()).rejects.toBe(bug);
    await expect(page.totalCount()).rejects.toBe(bug);
  });
});

describe('a filter', () => {
  const values = Array.from({ length: 501 }, (_, i) => `v${i}`);

  it('takes each value once, one value as an equality, and no values for nothing', () => {
    expect(filterConditions<Thing>({ sku: ['A', 'B', 'A'], location: null })).toEqual({ sku: { in: ['A', 'B'] } });
    expect(filterConditions<Thing>({ sku: ['A', 'A'], location: 'P' })).toEqual({ sku: 'A', location: 'P' });
    expect(filterConditions<Thing>({ sku: [] })).toEqual({ sku: { in: [] } });
    expect(filterConditions<Thing>({ sku: [null] as never })).toEqual({ sku: null });
  });

  it('finds nothing with an empty list', async () => {
    const none = await thingPage({ where: filterConditions<Thing>({ sku: [] }) });
    expect(await none.nodes()).toEqual([]);
    expect(await none.totalCount()).toBe(0);
  });

  it('refuses a list that is too long and names its field', () => {
    expect(filterConditions<Thing>({ sku: values.slice(1) })).toEqual({ sku: { in: values.slice(1) } });
    expect(() => filterConditions<Thing>({ sku: values })).toThrow(
      expect.objectContaining({
        extensions: { code: 'BAD_USER_INPUT' },
        message: 'sku takes at most 500 values, got 501.',
      }) as Error,
    );
  });
});

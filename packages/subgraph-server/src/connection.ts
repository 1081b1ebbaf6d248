import type { Conditions, FieldPath, Page, PageEntry, Scalar } from '@takt/document-store';
import { ArgsType, Directive, Field, Int, ObjectType } from 'type-graphql';
import { fault } from './errors.ts';
import type { PageLoader } from './loaders.ts';
import { enumOf, PageInfo } from './values.ts';

export const MAX_PAGE_SIZE = 500;

export const OrderDirection = enumOf('OrderDirection', ['ASC', 'DESC'], 'Ascending or descending.');

/** Arguments that every connection takes. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: `How many, at most ${MAX_PAGE_SIZE}.` })
  first!: number;

  @Field(() => String, { nullable: true, description: 'Cursor of the last element of the page before.' })
  after?: string | null;
}

interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
  /** Counted only if it is asked for. */
  readonly totalCount: () => Promise<number>;
}

/** The Relay connection and edge classes of a node: `connectionOf(Product)` makes `ProductConnection` and `ProductEdge`. */
export function connectionOf<Node extends object>(NodeClass: new () => Node): new () => Connection<Node> {
  const name = NodeClass.name;

  @Directive('@shareable')
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class EdgeClass implements Edge<Node> {
    @Field(() => String)
    cursor!: string;

    @Field(() => NodeClass)
    node!: Node;
  }

  @Directive('@shareable')
  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class ConnectionClass implements Connection<Node> {
    @Field(() => [NodeClass])
    nodes!: readonly Node[];

    @Field(() => [EdgeClass])
    edges!: readonly Edge<Node>[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many there are in all, whatever the page.' })
    totalCount!: () => Promise<number>;
  }
  return ConnectionClass;
}

/**
 * One page of a connection. `key` holds the conditions that differ from row to row (all rows of one request are one
 * store read); `where` those that come from the client's filter.
 */
export async function connectionPage<T extends object, Node>(
  loader: PageLoader<T>,
  request: {
    page: PageArgs;
    where?: Conditions<T>;
    key?: Conditions<T>;
    orderBy: readonly FieldPath<T>[];
    descending?: boolean;
    node: (entry: PageEntry<T>) => Node;
  },
): Promise<Connection<Node>> {
  const { page, where = {}, key = {}, orderBy, descending = false } = request;
  if (page.first < 0 || page.first > MAX_PAGE_SIZE) {
    throw fault(
      'BAD_USER_INPUT',
      `first must be from 0 to ${MAX_PAGE_SIZE}, got ${page.first}. Page on with after: endCursor.`,
    );
  }
  const after = page.after == null ? undefined : decodeKey(page.after, orderBy.length + 1);
  const query = { where, orderBy, descending, first: page.first, ...(after && { after }) };
  const found: Page<T> = await loader.page(query, key).catch((error: unknown) => {
    if (error instanceof TypeError) throw after ? notThisConnection() : fault('BAD_USER_INPUT', error.message);
    throw error;
  });
  const edges = found.entries.map((entry) => ({ cursor: encodeKey(entry.key), node: request.node(entry) }));
  return {
    nodes: edges.map((edge) => edge.node),
    edges,
    pageInfo: {
      hasNextPage: found.hasNextPage,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => loader.count(where, key),
  };
}

/** A client's filter as conditions: a list means any of its values; what is absent or null does not matter. */
export function filterConditions<T>(filter: {
  readonly [field in FieldPath<T>]?: Scalar | readonly Scalar[] | undefined;
}): Conditions<T> {
  const given = Object.entries<Scalar | readonly Scalar[] | undefined>(filter).filter(([, value]) => value != null);
  return Object.fromEntries(
    given.map(([field, value]) => [field, Array.isArray(value) ? { in: value } : value]),
  ) as Conditions<T>;
}

function encodeKey(key: readonly Scalar[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decodeKey(cursor: string, length: number): Scalar[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    key = undefined;
  }
  const scalar = (part: unknown) => part === null || ['string', 'number', 'boolean'].includes(typeof part);
  if (!Array.isArray(key) || key.length !== length || !key.every(scalar) || typeof key.at(-1) !== 'string') {
    throw notThisConnection();
  }
  return key as Scalar[];
}

function notThisConnection() {
  return fault(
    'CURSOR_INVALID',
    'after is not a cursor of this connection in this order. Take endCursor of the page before.',
  );
}

import { QueryError } from '@takt/document-store';
import type { Conditions, FieldPath, PageEntry, Scalar } from '@takt/document-store';
import { ArgsType, Directive, Field, Int, ObjectType } from 'type-graphql';
import { fault } from './errors.ts';
import type { PageLoader } from './loaders.ts';
import { enumOf, PageInfo } from './values.ts';

export const MAX_PAGE_SIZE = 500;

/** Longest list of values of one field of a filter. */
const MAX_FILTER_VALUES = 500;

export const OrderDirection = enumOf('OrderDirection', ['ASC', 'DESC'], 'Ascending or descending.', {
  ASC: 'The smallest, the earliest or the first of the alphabet first.',
  DESC: 'The greatest, the latest or the last of the alphabet first.',
});

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

/** Nothing is read before it is asked for; nodes, edges and pageInfo are one read. */
export interface Connection<Node> {
  readonly nodes: () => Promise<readonly Node[]>;
  readonly edges: () => Promise<readonly Edge<Node>[]>;
  readonly pageInfo: () => Promise<PageInfo>;
  readonly totalCount: () => Promise<number>;
}

/** The Relay connection and edge classes of a node: `connectionOf(Product)` makes `ProductConnection` and `ProductEdge`. */
export function connectionOf<Node extends object>(NodeClass: new () => Node): new () => Connection<Node> {
  const name = NodeClass.name;

  @Directive('@shareable')
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `One ${name} of a page, and its place in the list.`,
  })
  class EdgeClass implements Edge<Node> {
    @Field(() => String, { description: 'Give it as `after` for what comes behind this element.' })
    cursor!: string;

    @Field(() => NodeClass)
    node!: Node;
  }

  @Directive('@shareable')
  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: `One page of a list of ${name}, as Relay has it: \`nodes\` and \`edges\` are the same elements.`,
  })
  class ConnectionClass implements Connection<Node> {
    @Field(() => [NodeClass])
    nodes!: () => Promise<readonly Node[]>;

    @Field(() => [EdgeClass])
    edges!: () => Promise<readonly Edge<Node>[]>;

    @Field(() => PageInfo)
    pageInfo!: () => Promise<PageInfo>;

    @Field(() => Int, { description: 'How many there are in all, whatever the page.' })
    totalCount!: () => Promise<number>;
  }
  return ConnectionClass;
}

/**
 * One page of a connection. `key` holds the conditions that differ from row to row (all rows of one request are one
 * store read); `where` those that come from the client's filter. Faults: BAD_USER_INPUT for a size or a filter that
 * cannot be served, CURSOR_INVALID for a cursor that is not one of this connection.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- a fault of the arguments is a rejection
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
  const readPage = once(async () => {
    const { entries, hasNextPage } = await loader.page(query, key).catch(refuse);
    const edges = entries.map((entry) => ({ cursor: encodeKey(entry.key), node: request.node(entry) }));
    return { edges, nodes: edges.map((edge) => edge.node), hasNextPage };
  });
  return {
    nodes: async () => (await readPage()).nodes,
    edges: async () => (await readPage()).edges,
    pageInfo: async () => {
      const { edges, hasNextPage } = await readPage();
      return {
        hasNextPage,
        hasPreviousPage: after !== undefined,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      };
    },
    totalCount: () => loader.count(where, key).catch(refuse),
  };
}

/**
 * A client's filter as conditions: a list means any of its values, an empty one none; what is absent or null does not
 * matter. Throws the fault BAD_USER_INPUT for a list of more than {@link MAX_FILTER_VALUES} values.
 */
export function filterConditions<T>(filter: {
  readonly [field in FieldPath<T>]?: Scalar | readonly Scalar[] | undefined;
}): Conditions<T> {
  const given = Object.entries<Scalar | readonly Scalar[] | undefined>(filter).filter(([, value]) => value != null);
  return Object.fromEntries(
    given.map(([field, value]) => [field, isList(value) ? listCondition(field, value) : value]),
  ) as Conditions<T>;
}

function isList(value: Scalar | readonly Scalar[] | undefined): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** One value is a condition that more indexes serve than a list of one. */
function listCondition(field: string, list: readonly Scalar[]): Scalar | { in: readonly Scalar[] } {
  if (list.length > MAX_FILTER_VALUES) {
    throw fault('BAD_USER_INPUT', `${field} takes at most ${MAX_FILTER_VALUES} values, got ${list.length}.`);
  }
  const values = [...new Set(list)];
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : { in: values };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= read());
}

/** What the client asked wrongly is its fault; any other error is ours. */
function refuse(error: unknown): never {
  if (!(error instanceof QueryError)) throw error;
  throw error.about === 'after' ? notThisConnection() : fault('BAD_USER_INPUT', error.message);
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

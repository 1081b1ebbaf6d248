import { buildSchema } from 'graphql';
import { selectionCursor } from '@takt/subgraph-server';
import { GraphFault, type Graph, type GraphAnswer } from './graph.ts';
import { AFTER, FIRST, ROWS } from './pageable-query.ts';

/** A graph with orders, and what may go wrong with it. */
export interface OrdersGraph extends Graph {
  /** Lets so many pages through; who asks for more waits. */
  holdPages(through?: number): void;
  letGo(): void;
  /** Pages asked for. */
  pages(): number;
  /** Drops the log. */
  forget(): void;
  withhold(): void;
  breakQueries(): void;
}

const SCHEMA = buildSchema(`
  type Query { orders(first: Int!, after: String): OrderConnection! }
  type OrderConnection { nodes: [Order!]! edges: [OrderEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Order { id: ID! }
`);

export function graphOfOrders(count: number): OrdersGraph {
  const ids = Array.from({ length: count }, (_, index) => `MO-${String(index).padStart(6, '0')}`);
  let isForgotten = false;
  let isWithheld = false;
  let isBroken = false;
  let pages = 0;
  let left = Infinity;
  const waiting: (() => void)[] = [];

  const turn = async (signal: AbortSignal): Promise<void> => {
    pages++;
    if (left-- > 0) return;
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  };

  const page = (rows: readonly string[], hasNextPage: boolean, endCursor: string): GraphAnswer => ({
    data: {
      [ROWS]: {
        edges: rows.map((id) => ({ cursor: cursorOf([id]), node: { id } })),
        pageInfo: { hasNextPage, endCursor },
        totalCount: count,
      },
    },
    errors: [],
    subgraph: 'orders',
    isPartial: isWithheld,
  });

  return {
    schemaOf: () => SCHEMA,
    async run({ variables }, signal) {
      if (isBroken) return { refused: [{ message: 'Unknown field.', code: 'GRAPHQL_VALIDATION_FAILED' }] };
      const after = variables[AFTER] as string | null | undefined;
      if (after === selectionCursor([])) return page([], false, cursorOf({ collection: 'orders' }));
      if (after === undefined) return page([], false, '');
      await turn(signal);
      if (isBroken) return { refused: [{ message: 'Unknown field.', code: 'GRAPHQL_VALIDATION_FAILED' }] };
      const [last] = after === null ? [''] : (JSON.parse(Buffer.from(after, 'base64url').toString()) as string[]);
      const rest = ids.filter((id) => id > (last ?? ''));
      const rows = rest.slice(0, variables[FIRST] as number);
      return page(rows, rest.length > rows.length, cursorOf([rows.at(-1)]));
    },
    ask(_subgraph, query, { until }) {
      if (!query.includes('_changes')) return Promise.resolve({ _head: isForgotten ? '2' : '1' });
      if (isForgotten && until === '2') return Promise.reject(new GraphFault('CURSOR_EXPIRED', 'Gone.'));
      return Promise.resolve({ _changes: { ids: [], cursor: until } });
    },
    isBusy: () => false,
    mayExtract: () => true,
    holdPages: (through = 0) => void (left = through),
    letGo() {
      left = Infinity;
      for (const resolve of waiting.splice(0)) resolve();
    },
    pages: () => pages,
    forget: () => void (isForgotten = true),
    withhold: () => void (isWithheld = true),
    breakQueries: () => void (isBroken = true),
  };
}

function cursorOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

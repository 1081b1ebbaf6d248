import { GraphQLError } from 'graphql';
import type { InProcessSubgraph } from '../src/index.ts';
import { buildSubgraph } from './build-subgraph.ts';

/** Events numbered from 1 that are kept in memory, the last `retained` of them. A cursor is the number of an event. */
export class CountedEvents {
  head = 0;
  #wake: (() => void)[] = [];

  constructor(public retained = 10_000) {}

  append(count = 1): void {
    this.head += count;
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Everything behind a number, then what comes. Throws `CURSOR_EXPIRED`, with the bounds of the gap, for what is gone. */
  follow(after: number, onReturn: () => void = () => undefined): AsyncIterableIterator<number, undefined> {
    let at = after;
    let isOver = false;
    let wake: (() => void) | undefined;
    this.#check(at);
    const events: AsyncIterableIterator<number, undefined> = {
      next: async () => {
        while (!isOver && at >= this.head) {
          await new Promise<void>((resolve) => this.#wake.push((wake = resolve)));
        }
        if (isOver) return { done: true, value: undefined };
        this.#check(at);
        return { done: false, value: ++at };
      },
      return: () => {
        if (!isOver) onReturn();
        isOver = true;
        this.#wake = this.#wake.filter((each) => each !== wake);
        wake?.();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => events,
    };
    return events;
  }

  #check(after: number): void {
    const gone = this.head - this.retained;
    if (after >= gone) return;
    throw new GraphQLError(`Events after ${after} up to ${gone} are gone.`, {
      extensions: { code: 'CURSOR_EXPIRED', gap: { after: String(after), until: String(gone) } },
    });
  }
}

/** What a subgraph of counted events has been asked. */
export interface Asked {
  /** Values of `after`, in order. */
  readonly begun: (string | undefined)[];
  /** Subscriptions that go on. */
  open: number;
  /** Texts given by `text`. */
  texts: number;
  /** Queries of `slow` that wait. */
  slow: number;
  endSlow(): void;
}

/**
 * A subgraph that tells events: `counted` with cursors, `ticked` without, both from now on unless told otherwise. If it
 * tells places, then where it begins and each event that is not among those that are asked for `only`.
 */
export function countedSubgraph(
  events: CountedEvents,
  { tellsPlaces = false } = {},
): { subgraph: InProcessSubgraph; asked: Asked } {
  let endSlow = () => {};
  const ended = new Promise<void>((resolve) => (endSlow = resolve));
  const asked: Asked = { begun: [], open: 0, texts: 0, slow: 0, endSlow };
  const tellers = new WeakMap<object, () => void>();
  const follow = (field: string, { after, only }: { after?: string | null; only?: number[] | null }) => {
    const start = after == null ? events.head : Number(after);
    const numbers = events.follow(start, () => asked.open--);
    asked.begun.push(after ?? undefined);
    asked.open++;
    let isToldPlaces = false;
    const untold = [start];
    const payloads: AsyncIterableIterator<object, undefined> = {
      async next() {
        const begin = isToldPlaces ? untold.pop() : undefined;
        if (begin !== undefined) return { done: false, value: new CountedPlace(String(begin)) };
        const { done, value } = await numbers.next();
        if (done) return { done, value };
        if (only && !only.includes(value)) {
          return isToldPlaces ? { done: false, value: new CountedPlace(String(value)) } : payloads.next();
        }
        return { done: false, value: { [field]: { cursor: String(value), number: value, part: { id: `P${value}` } } } };
      },
      return: async () => {
        await numbers.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => payloads,
    };
    tellers.set(payloads, () => (isToldPlaces = true));
    return payloads;
  };
  const subgraph = buildSubgraph(
    'counter',
    `type Query { head: Int! slow: Int! text(bytes: Int!): String! }
     type Subscription { counted(after: String, only: [Int!]): Counted! ticked: Ticked! }
     type Counted { cursor: String! number: Int! part: Part! text(bytes: Int!): String! }
     type Ticked { number: Int! part: Part! }
     type Part @key(fields: "id") { id: ID! }`,
    {
      Query: {
        head: () => events.head,
        slow: async () => {
          asked.slow++;
          await ended;
          return events.head;
        },
        text: (_: unknown, { bytes }: { bytes: number }) => {
          asked.texts++;
          return 'x'.repeat(bytes);
        },
      },
      Counted: { text: (_: unknown, { bytes }: { bytes: number }) => 'x'.repeat(bytes) },
      Subscription: {
        counted: { subscribe: (_: unknown, args: object) => follow('counted', args) },
        ticked: { subscribe: () => follow('ticked', {}) },
      },
    },
  );
  const places: InProcessSubgraph['places'] = {
    ask: (source) => tellers.get(source)?.(),
    cursorOf: (given) => (given instanceof CountedPlace ? given.cursor : undefined),
  };
  return { subgraph: { ...subgraph, ...(tellsPlaces && { places }) }, asked };
}

class CountedPlace {
  constructor(readonly cursor: string) {}
}

/** A subgraph that gives the parts of counted events a name, and how many it has named. */
export function namesSubgraph(): { subgraph: InProcessSubgraph; named: () => number } {
  let named = 0;
  const subgraph = buildSubgraph(
    'names',
    'type Query { nothing: Int } type Part @key(fields: "id") { id: ID! name: String! }',
    {
      Part: {
        __resolveReference: (reference: object) => reference,
        name: ({ id }: { id: string }) => {
          named++;
          return `part ${id}`;
        },
      },
    },
  );
  return { subgraph, named: () => named };
}

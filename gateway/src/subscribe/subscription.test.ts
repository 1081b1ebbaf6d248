import { on, EventEmitter } from 'node:events';
import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { composeSupergraph, createGateway, httpTransport, inProcessTransport, loadSupergraph } from '../index.ts';
import type { Gateway } from '../index.ts';

interface Reference {
  readonly sku: string;
}

/** A subgraph whose subscription is fed by hand and tells when its upstream has ended. */
function liveStock() {
  const source = new EventEmitter();
  const ended = new Promise<void>((resolve) => source.once('ended', resolve));
  const started = new Promise<void>((resolve) => source.once('newListener', () => resolve()));
  const subgraph = buildSubgraph(
    'stock',
    `type Query { nothing: Int }
     type Subscription { changed(limit: Int): Product! refused: Product! expired: Product! }
     type Product @key(fields: "sku") { sku: ID! onHand: Int }`,
    {
      Subscription: {
        changed: {
          subscribe() {
            const stop = new AbortController();
            const events = on(source, 'change', { signal: stop.signal });
            return {
              async next() {
                const event = await events.next().catch(() => ({ done: true as const, value: undefined }));
                return event.done ? event : { done: false, value: { changed: (event.value as unknown[])[0] } };
              },
              return() {
                stop.abort();
                source.emit('ended');
                return Promise.resolve({ done: true, value: undefined });
              },
              [Symbol.asyncIterator]() {
                return this;
              },
            };
          },
        },
        expired: {
          async *subscribe() {
            yield await Promise.resolve({ expired: { sku: 'a', onHand: 1 } });
            throw new GraphQLError('The cursor is too old.', { extensions: { code: 'CURSOR_EXPIRED' } });
          },
        },
        refused: {
          subscribe() {
            throw new Error('not today');
          },
        },
      },
    },
  );
  return { subgraph, ended, started, change: (sku: string, onHand: number) => source.emit('change', { sku, onHand }) };
}

const enriched: string[] = [];
const catalog = buildSubgraph(
  'catalog',
  `type Query { product: Product } type Product @key(fields: "sku") { sku: ID! name: String! }`,
  {
    Product: {
      __resolveReference: (reference: Reference) => reference,
      name: ({ sku }: Reference) => {
        enriched.push(sku);
        if (sku === 'unknown') throw new Error('unknown');
        return `name of ${sku}`;
      },
    },
  },
);

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  enriched.length = 0;
  for (const release of cleanUp.splice(0)) await release();
});

describe.each(['in-process', 'http'] as const)('a subscription over %s', (kind) => {
  async function liveGateway() {
    const live = liveStock();
    if (kind === 'in-process') {
      const stock = inProcessTransport(live.subgraph, () => undefined);
      const gateway = await composeGateway([live.subgraph, catalog], { stock });
      cleanUp.push(() => gateway.close());
      return { ...live, gateway, stop: () => stock.close() };
    }
    const served = await Promise.all([live.subgraph, catalog].map((subgraph) => serveSubgraph(subgraph)));
    const sources = served.map(({ name, url }) => ({ name, url, transport: httpTransport({ name, url }) }));
    const supergraph = loadSupergraph(await composeSupergraph(sources, new AbortController().signal));
    const transports = new Map(sources.map(({ name, transport }) => [name, transport]));
    const gateway: Gateway = createGateway({ supergraph, transports });
    cleanUp.push(async () => {
      await gateway.close();
      await Promise.all(served.map((subgraph) => subgraph.close()));
    });
    return { ...live, gateway, stop: async () => served[0]?.close() };
  }

  test('selects across subgraphs, with aliases and fragments', async () => {
    const { gateway, change, started } = await liveGateway();
    const events = gateway.subscribe({
      query: 'subscription { it: changed { ...F n: name } } fragment F on Product { onHand }',
    });
    const first = events.next();
    await started;
    change('a', 1);
    expect((await first).value).toEqual({ data: { it: { onHand: 1, n: 'name of a' } } });
    change('b', 2);
    expect((await events.next()).value).toEqual({ data: { it: { onHand: 2, n: 'name of b' } } });
    await events.return();
  });

  test('reports an error of enrichment with its event and goes on', async () => {
    const { gateway, change, started } = await liveGateway();
    const events = gateway.subscribe({ query: 'subscription { changed { onHand name } }' });
    const first = events.next();
    await started;
    change('unknown', 1);
    const result = (await first).value as ExecutionResult;
    expect(result.data).toBeNull();
    expect(result.errors?.[0]?.path).toEqual(['changed', 'name']);
    change('b', 2);
    expect((await events.next()).value).toEqual({ data: { changed: { onHand: 2, name: 'name of b' } } });
    await events.return();
  });

  test('ends upstream at once when the client returns while waiting', async () => {
    const { gateway, started, ended } = await liveGateway();
    const events = gateway.subscribe({ query: 'subscription { changed { name } }' });
    const waiting = events.next();
    await started;
    await events.return();
    await ended;
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('ends upstream at once when its signal aborts', async () => {
    const { gateway, started, ended } = await liveGateway();
    const client = new AbortController();
    const events = gateway.subscribe({ query: 'subscription { changed { name } }', signal: client.signal });
    const waiting = events.next();
    await started;
    client.abort();
    await ended;
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('that the subgraph refuses is one result with the error', async () => {
    const { gateway } = await liveGateway();
    const results: ExecutionResult[] = [];
    for await (const result of gateway.subscribe({ query: 'subscription { refused { name } }' })) results.push(result);
    expect(results).toHaveLength(1);
    expect(results[0]?.errors?.[0]?.extensions['service']).toBe('stock');
  });

  test('that the subgraph ends with an error tells its message and code last', async () => {
    const { gateway } = await liveGateway();
    const results: ExecutionResult[] = [];
    for await (const result of gateway.subscribe({ query: 'subscription { expired { onHand } }' }))
      results.push(result);
    expect(results).toHaveLength(2);
    expect(results[1]?.errors).toEqual([
      { message: 'The cursor is too old.', extensions: { code: 'CURSOR_EXPIRED', service: 'stock' } },
    ]);
  });

  test('says so when the subgraph goes away', async () => {
    const { gateway, started, stop } = await liveGateway();
    const events = gateway.subscribe({ query: 'subscription { changed { name } }' });
    const waiting = events.next();
    await started;
    await stop();
    const last = (await waiting).value as ExecutionResult;
    expect(last.errors?.[0]?.extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', service: 'stock' });
    expect((await events.next()).done).toBe(true);
  });

  test('that is not valid is one result with errors', async () => {
    const { gateway } = await liveGateway();
    const events = gateway.subscribe({ query: 'subscription { nope }' });
    const refused = (await events.next()).value as ExecutionResult;
    expect(refused.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await events.next()).done).toBe(true);
  });
});

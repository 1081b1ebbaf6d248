import { createServer } from 'node:http';
import { createClient } from 'graphql-ws';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { listen } from '../../test-subgraphs/listen.ts';
import { graphqlOverHttp } from '../serve/graphql-over-http.ts';
import { graphqlOverWebsocket } from '../serve/graphql-over-websocket.ts';
import { operationSlots } from '../serve/operation-slots.ts';
import { hashOf } from './document-hash.ts';

/** A gateway behind real sockets that runs two documents, by their hashes only. */
const query = 'query Name($of: ID) { name(of: $of) }';
const subscription = 'subscription Ticks { tick }';
const registered = new Map([query, subscription].map((text) => [hashOf(text), text]));
const documentId = `sha256:${hashOf(query)}`;
const variables = { of: '7' };
const data = { name: 'pump 7' };

let base: string;
beforeEach(async () => {
  const catalog = buildSubgraph('catalog', 'type Query { name(of: ID): String! } type Subscription { tick: Int! }', {
    Query: { name: (_source: unknown, { of }: { of?: string }) => `pump ${of ?? ''}` },
    Subscription: {
      tick: {
        subscribe: async function* () {
          yield await Promise.resolve({ tick: 1 });
        },
      },
    },
  });
  const gateway = await composeGateway([catalog]);
  const stopping = new AbortController();
  const shared = {
    gateway: () => gateway,
    trusted: { mode: 'only' as const, get: (hash: string) => registered.get(hash) },
    slots: operationSlots({ running: 10, waiting: 10 }),
    forwardHeaders: [],
  };
  const http = graphqlOverHttp({
    ...shared,
    maxBodyBytes: 10_000,
    maxBatch: 5,
    maxStreams: 10,
    heartbeatMs: 1_000,
    corsOrigins: [],
    compressFromBytes: undefined,
    signal: stopping.signal,
  });
  const websocket = graphqlOverWebsocket({
    ...shared,
    maxMessageBytes: 10_000,
    maxOperationsPerConnection: 5,
    maxBufferedBytes: 100_000,
    connectionInitTimeoutMs: 5_000,
  });
  const server = createServer((request, response) => void http.handle(request, response));
  server.on('upgrade', (request, socket, head) => websocket.upgrade(request, socket, head));
  base = `http://127.0.0.1:${await listen(server)}/graphql`;
  onTestFinished(async () => {
    stopping.abort();
    await websocket.close({ drainMs: 0, graceMs: 100 });
    await gateway.close();
  });
});

async function post(body: unknown, accept = 'application/json') {
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(base, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.text();
}

const refusedWith = (code: string) => ({ errors: [{ extensions: { code } }] });

describe('a registered document runs by its hash', () => {
  it('over POST', async () => {
    expect(JSON.parse(await post({ documentId, variables }))).toEqual({ data });
  });

  it("over POST, as Apollo's clients send it", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
    expect(JSON.parse(await post({ extensions, variables }))).toEqual({ data });
  });

  it('over GET', async () => {
    const given = new URLSearchParams({ documentId, variables: JSON.stringify(variables) });
    const response = await fetch(`${base}?${given.toString()}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await response.json()).toEqual({ data });
  });

  it('in a batch, beside one that is refused', async () => {
    const answers: unknown = JSON.parse(await post([{ documentId, variables }, { query: '{ name }' }]));
    expect(answers).toMatchObject([{ data }, refusedWith('DOCUMENT_NOT_TRUSTED')]);
  });

  it('as an event stream', async () => {
    const events = await post({ documentId: hashOf(subscription) }, 'text/event-stream');
    expect(events).toContain('{"data":{"tick":1}}');
  });

  it('over a websocket', async () => {
    const client = createClient({ url: base.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    onTestFinished(async () => client.dispose());
    const run = (payload: object) => client.iterate({ query: '', ...payload }).next();
    expect((await run({ documentId, variables })).value).toEqual({ data });
    expect((await run({ documentId: hashOf(subscription) })).value).toEqual({ data: { tick: 1 } });
    await expect(run({ query: '{ name }' })).rejects.toMatchObject([{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }]);
  });
});

it.each<[string, object, string]>([
  ['a text', { query }, 'DOCUMENT_NOT_TRUSTED'],
  ['a question for the schema', { query: '{ __schema { types { name } } }' }, 'DOCUMENT_NOT_TRUSTED'],
  ['an unknown hash', { documentId: hashOf('{ name }') }, 'DOCUMENT_UNKNOWN'],
  ['a hash with another text', { documentId, query: '{ name }' }, 'DOCUMENT_HASH_MISMATCH'],
  ['neither', { variables }, 'BAD_REQUEST'],
  ['an id that is no text', { documentId: 7 }, 'BAD_REQUEST'],
])('%s is refused', async (_what, body, code) => {
  expect(JSON.parse(await post(body))).toMatchObject(refusedWith(code));
});

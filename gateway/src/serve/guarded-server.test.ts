import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import type { ExecutionResult } from 'graphql';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';

const secret = 'a secret that is long enough to sign with';

function token(scope: string, exp = Math.floor(Date.now() / 1000) + 3600): Promise<string> {
  return new SignJWT({ sub: 'ada', scope, exp })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

const plant = buildSubgraph(
  'plant',
  `type Query { open: Int cost: Int @requiresScopes(scopes: [["cost"]]) part: Part }
   type Part { name: String part: Part }
   type Subscription { costs: Int @requiresScopes(scopes: [["cost"]]) }`,
  {
    Query: { open: () => 1, cost: () => 2, part: () => ({ name: 'part' }) },
    Subscription: {
      costs: {
        async *subscribe() {
          yield await Promise.resolve({ costs: 3 });
        },
      },
    },
  },
);

async function start(required: boolean): Promise<GatewayServer> {
  return startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs: [{ name: 'plant', transport: inProcessTransport(plant) }] },
    planning: 'inline',
    authentication: { keys: { secret }, required },
    operationLimits: { limits: { maxAliases: 2, maxDepth: 3, maxRootFields: 3, maxVariableValues: 5 } },
  });
}

let server: GatewayServer;
let closed: GatewayServer;
beforeAll(async () => {
  [server, closed] = await Promise.all([start(false), start(true)]);
});
afterAll(() => Promise.all([server.close(), closed.close()]));

async function post(url: string, query: string, authorization?: string, variables = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ query, variables }),
  });
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenge, body: (await response.json()) as ExecutionResult };
}

/** The first answer, or the code that the connection is closed with. */
async function overWebsocket(
  url: string,
  query: string,
  options: { params?: Record<string, unknown>; header?: string; variables?: Record<string, unknown> } = {},
): Promise<ExecutionResult | number> {
  const { params, header, variables } = options;
  class WithHeader extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers: header === undefined ? {} : { authorization: header } });
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeader,
    retryAttempts: 0,
    ...(params && { connectionParams: params }),
  });
  try {
    const request = { query, ...(variables && { variables }) };
    for await (const result of client.iterate(request)) return result as ExecutionResult;
    throw new Error('no answer');
  } catch (error) {
    if (Array.isArray(error)) return { errors: error };
    return (error as { code: number }).code;
  } finally {
    await client.dispose();
  }
}

describe('over HTTP', () => {
  test('a good token lets see what its scopes allow', async () => {
    const query = '{ open cost }';
    expect(await post(server.url, query, `Bearer ${await token('cost')}`)).toMatchObject({
      status: 200,
      body: { data: { open: 1, cost: 2 } },
    });
    expect((await post(server.url, query, `Bearer ${await token('other')}`)).body).toMatchObject({
      data: { open: 1, cost: null },
      errors: [{ path: ['cost'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
    expect((await post(server.url, query)).body).toMatchObject({ data: { open: 1, cost: null } });
  });

  test('an answer without what is withheld is one all the same, errors first', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: '{"query":"{ open cost }"}',
    });
    expect(response.status).toBe(200);
    expect(Object.entries((await response.json()) as object)).toMatchObject([
      ['errors', [{ path: ['cost'] }]],
      ['data', { open: 1, cost: null }],
    ]);
  });

  test('a bad token is an error, also where none is needed', async () => {
    expect(await post(server.url, '{ open }', `Bearer ${await token('cost', 1)}`)).toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token", error_description="The token has expired."',
      body: { errors: [{ message: 'The token has expired.', extensions: { code: 'UNAUTHENTICATED' } }] },
    });
  });

  test('no token is an error where one is needed', async () => {
    expect(await post(closed.url, '{ open }')).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(await post(closed.url, '{ open }', `bearer ${await token('')}`)).toMatchObject({
      body: { data: { open: 1 } },
    });
  });
});

describe('over websocket', () => {
  test('the token comes with connection_init or with the upgrade', async () => {
    const authorization = `Bearer ${await token('cost')}`;
    for (const options of [
      { params: { authorization } },
      { params: { headers: { Authorization: authorization } } },
      { header: authorization },
    ]) {
      expect(await overWebsocket(closed.url, '{ cost }', options)).toEqual({ data: { cost: 2 } });
      expect(await overWebsocket(closed.url, 'subscription { costs }', options)).toEqual({ data: { costs: 3 } });
    }
  });

  test('a subscription without its scope is refused', async () => {
    expect(await overWebsocket(server.url, 'subscription { costs }')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
    expect(await overWebsocket(server.url, '{ open cost }')).toMatchObject({ data: { open: 1, cost: null } });
  });

  test('a bad token closes the connection with 4401, and so does none where one is needed', async () => {
    expect(await overWebsocket(server.url, '{ open }', { params: { authorization: 'Bearer x.y.z' } })).toBe(4401);
    expect(await overWebsocket(closed.url, '{ open }')).toBe(4401);
  });

  test('nothing can be asked before the token is checked', async () => {
    const socket = new WebSocket(`${closed.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ open }' } }));
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });
});

describe.each([
  [
    'HTTP',
    async (query: string, variables: Record<string, unknown>) =>
      (await post(server.url, query, undefined, variables)).body,
  ],
  ['websocket', (query: string, variables: Record<string, unknown>) => overWebsocket(server.url, query, { variables })],
])('over %s an operation is refused', (_transport, ask) => {
  test.each([
    ['with too many aliases', '{ a: open b: open c: open }', 'maxAliases'],
    ['that is too deep', '{ part { part { part { name } } } }', 'maxDepth'],
    ['with too many root fields', '{ open cost open open }', 'maxRootFields'],
    [
      'that is a bomb of fragments',
      `{ part { ...F0 } } ${Array.from({ length: 30 }, (_, level) => `fragment F${level} on Part { ...F${level + 1} ...F${level + 1} }`).join(' ')} fragment F30 on Part { name }`,
      'maxExpandedFields',
    ],
  ])('%s', async (_name, query, limit) => {
    const response = (await ask(query, {})) as ExecutionResult;
    expect(response.errors?.map(({ extensions }) => extensions)).toContainEqual(
      expect.objectContaining({ code: 'OPERATION_TOO_LARGE', limit }),
    );
    expect(response.data).toBeUndefined();
  });

  test('with too many variables', async () => {
    const response = (await ask('{ open }', { many: [1, 2, 3, 4, 5] })) as ExecutionResult;
    expect(response.errors?.[0]?.extensions).toMatchObject({ limit: 'maxVariableValues', found: 7, allowed: 5 });
  });

  test('whose fragments are a cycle', async () => {
    const response = (await ask('{ part { ...A } } fragment A on Part { name ...A }', {})) as ExecutionResult;
    expect(response.errors?.[0]?.message).toBe('Cannot spread fragment "A" within itself.');
  });
});

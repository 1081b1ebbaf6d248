import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { StoreUnavailableError } from '@takt/document-store';
import { LogUnavailableError } from '@takt/event-log';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serveDomain } from './serve-domain.ts';

const logged: string[] = [];
const problems: string[] = [];
beforeEach(() => logged.splice(0));

let server: Awaited<ReturnType<typeof serveDomain>>;
beforeAll(async () => {
  const domain = {
    name: 'inventory',
    schema: schemaThatFails(),
    createContext: () => ({}),
    health: () => Promise.resolve(problems),
  };
  server = await serveDomain(domain, { host: '127.0.0.1', port: 0 }, undefined, (line) => logged.push(line));
});
afterAll(() => server.close());

function schemaThatFails(): GraphQLSchema {
  const schema = buildSchema(
    'type Query { fine: Int secret: Int told: Int away: Int } type Subscription { secret: Int expired: Int away: Int }',
  );
  const secret = () => Promise.reject(new Error('password=hunter2'));
  const away = () => Promise.reject(new StoreUnavailableError('connect ECONNREFUSED 10.0.0.3:27017'));
  const told = () => Promise.reject(new GraphQLError('No such thing.', { extensions: { code: 'BAD_USER_INPUT' } }));
  async function* failing(fail: () => Promise<never>) {
    yield { secret: 1, expired: 1 };
    await fail();
  }
  for (const [type, field, resolvers] of [
    ['Query', 'fine', { resolve: () => 1 }],
    ['Query', 'secret', { resolve: secret }],
    ['Query', 'told', { resolve: told }],
    ['Query', 'away', { resolve: away }],
    ['Subscription', 'secret', { subscribe: () => failing(secret) }],
    ['Subscription', 'away', { subscribe: () => Promise.reject(new LogUnavailableError('10.0.0.4 is away')) }],
    ['Subscription', 'expired', { subscribe: () => failing(told) }],
  ] as const) {
    const owner = type === 'Query' ? schema.getQueryType() : schema.getSubscriptionType();
    Object.assign(owner?.getFields()[field] ?? {}, resolvers);
  }
  return schema;
}

const post = (body: string) =>
  fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

const websocketUrl = () => `${server.url.replace('http', 'ws')}/graphql`;

async function stream(query: string): Promise<unknown[]> {
  const client = createClient({ url: websocketUrl(), webSocketImpl: WebSocket, retryAttempts: 0 });
  const results: unknown[] = [];
  try {
    for await (const result of client.iterate({ query })) results.push(result);
  } catch (error) {
    results.push(error);
  }
  await client.dispose();
  return results;
}

const masked = { message: 'Internal error of the subgraph.', extensions: { code: 'INTERNAL' } };

describe('an error that was not meant for clients', () => {
  it('is masked over HTTP and written to the log', async () => {
    const text = await (await post('{"query":"{ secret }"}')).text();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ ...masked, path: ['secret'] }] });
    expect(logged.join()).toContain('hunter2');
  });

  it('is masked over a websocket', async () => {
    expect(await stream('{ secret }')).toMatchObject([{ errors: [{ ...masked, path: ['secret'] }] }]);
  });

  it('is masked when it ends a subscription', async () => {
    expect(await stream('subscription { secret }')).toMatchObject([{ data: { secret: 1 } }, [masked]]);
    expect(logged.join()).toContain('hunter2');
  });
});

it('a fault passes with its message and code', async () => {
  const fault = { message: 'No such thing.', extensions: { code: 'BAD_USER_INPUT' } };
  expect(await (await post('{"query":"{ told }"}')).json()).toMatchObject({ errors: [fault] });
  expect(await stream('subscription { expired }')).toMatchObject([{ data: { expired: 1 } }, [fault]]);
  expect(logged).toEqual([]);
});

it('says that the store is away, where that is seen, and not where it is', async () => {
  const text = await (await post('{"query":"{ fine away }"}')).text();
  expect(JSON.parse(text)).toMatchObject({
    data: { fine: 1, away: null },
    errors: [{ path: ['away'], extensions: { code: 'STORE_UNAVAILABLE' } }],
  });
  expect(text).not.toContain('10.0.0.3');
  expect(logged.join()).toContain('10.0.0.3');
});

it('says that the log is away to whoever wants to follow it', async () => {
  const [refused] = await stream('subscription { away }');
  expect(refused).toMatchObject({ errors: [{ extensions: { code: 'EVENT_LOG_UNAVAILABLE' } }] });
  expect(JSON.stringify(refused)).not.toContain('10.0.0.4');
});

it('is ready unless the domain has a reason against it, and says which', async () => {
  const ready = () => fetch(`${server.url}/health/ready`);
  expect((await ready()).status).toBe(200);
  problems.push('The document store is not available.');
  const answer = await ready();
  problems.splice(0);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: 'not ready', reasons: ['The document store is not available.'] });
});

it('takes at most 1 MiB', async () => {
  const query = (length: number) => JSON.stringify({ query: `{ fine } #${'x'.repeat(length)}` });
  expect((await post(query(1024 * 1024))).status).toBe(413);
  expect((await post(query(1024 * 1024 - 100))).status).toBe(200);
});

it('does not answer under a name that is not of this machine', async () => {
  const { port } = new URL(server.url);
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/graphql', headers: { host: 'evil.example' } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(421);
});

describe('a websocket', () => {
  const refusal = async (headers: Record<string, string>) => {
    const [error] = await once(new WebSocket(websocketUrl(), 'graphql-transport-ws', { headers }), 'error');
    return (error as Error).message;
  };

  it('of a page of another origin is refused', async () => {
    expect(await refusal({ origin: 'https://evil.example' })).toContain('403');
  });

  it('under a name that is not of this machine is refused', async () => {
    expect(await refusal({ host: 'evil.example', origin: 'http://evil.example' })).toContain('421');
  });
});

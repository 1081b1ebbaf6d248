import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { servePlant } from '../../test-subgraphs/serve-plant.ts';
import type { GatewayServer } from '../index.ts';

const plant = createPlant();
const servers: GatewayServer[] = [];
async function serve(options: Parameters<typeof servePlant>[1] = {}): Promise<GatewayServer> {
  const server = await servePlant(() => plant, options);
  servers.push(server);
  return server;
}

let server: GatewayServer;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => Promise.all(servers.map((each) => each.close())));

const json = 'application/json';
const asked = { 'apollo-require-preflight': '1' };

function post(body: unknown, headers: Record<string, string> = {}, { url } = server): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': json, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The response to exactly these headers: `fetch` adds its own. */
async function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
  { url } = server,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: Buffer }> {
  const sent = httpRequest(`${url}${path}`, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe('the audit of GraphQL over HTTP:', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql` });
  test.each(audits.filter(({ name }) => !name.startsWith('MAY')))('$name', async (audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });

  const fetchAsking: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...asked } });
  const asking = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetchAsking });
  test.each(asking.filter(({ name }) => name.startsWith('MAY')))('$name', async (audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});

describe('parameters that are wrong are named:', () => {
  test.each<[string, unknown, string]>([
    ['a query that is a number', { query: 7 }, '"query" must be a string, and is a number.'],
    ['a query that is null', { query: null }, '"query" must be a string, and is null.'],
    ['an operation name that is a list', { query: '{ a }', operationName: ['A'] }, '"operationName" must be a string'],
    ['variables that are text', { query: '{ a }', variables: '{}' }, '"variables" must be an object, and is a string.'],
    [
      'extensions that are a list',
      { query: '{ a }', extensions: [] },
      '"extensions" must be an object, and is a list.',
    ],
    ['a body that is text', '"{ a }"', 'A request is a JSON object, and this is a string.'],
    ['a body that is null', 'null', 'A request is a JSON object, and this is null.'],
    ['no body', '', 'The body is not JSON.'],
  ])('%s', async (_name, body, message) => {
    const response = await post(body);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: unknown }[] };
    expect(response.status).toBe(400);
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_REQUEST' });
  });

  test.each([
    ['a parameter that is given twice', 'query={a}&query={b}', 'The parameter "query" is given 2 times.'],
    ['variables that are not JSON', 'query={a}&variables={', 'The parameter "variables" is not JSON.'],
    ['variables that are a list', 'query={a}&variables=[]', '"variables" must be an object, and is a list.'],
    ['no query', 'variables={}', '"query" must be a string, and is missing.'],
  ])('%s in the URL', async (_name, search, message) => {
    const response = await fetch(`${server.url}/graphql?${search}`, { headers: asked });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(JSON.stringify(message).slice(1, -1));
  });

  test('a method that is not served, with those that are', async () => {
    const { status, headers } = await raw('PUT', '/graphql', {});
    expect([status, headers.allow]).toEqual([405, 'GET, POST']);
    const mutation = await raw('GET', `/graphql?query=${encodeURIComponent('mutation { a: __typename }')}`, asked);
    expect([mutation.status, mutation.headers.allow]).toEqual([405, 'POST']);
  });

  test.each(['application/json; charset=latin1', 'application/jsonp', 'text/plain', 'application/json, text/plain'])(
    'a POST of %s',
    async (type) => {
      const response = await post({ query: '{ __typename }' }, { 'content-type': type });
      expect(response.status).toBe(415);
    },
  );
});

describe('answers', () => {
  test('go out as they were made, with their length', async () => {
    const { status, headers, body } = await raw('GET', '/graphql?query={sites{code,name}}', asked);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test('count bytes, not characters', async () => {
    const { headers, body } = await raw(
      'GET',
      `/graphql?query=${encodeURIComponent('{echo(input:{text:"Bär 🏭"})}')}`,
      asked,
    );
    expect(headers['content-length']).toBe(String(body.length));
    expect(body.toString()).toContain('Bär 🏭');
  });

  test('without data are no success to those who know the difference', async () => {
    const query = '{ nope }';
    expect((await post({ query }, { accept: 'application/graphql-response+json' })).status).toBe(400);
    expect((await post({ query }, { accept: json })).status).toBe(200);
    const partial = await post({ query: '{ broken }' }, { accept: 'application/graphql-response+json' });
    expect(partial.status).toBe(200);
    expect(await partial.json()).toMatchObject({ data: expect.anything(), errors: expect.anything() });
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('are compressed by %s where that is accepted and pays', async (encoding, decompress) => {
    const compressing = await serve({ compressFromBytes: 200 });
    const accepting = { ...asked, 'accept-encoding': encoding };
    const large = await raw('GET', '/graphql?query={products{name,title,sku}}', accepting, compressing);
    expect(large.headers['content-encoding']).toBe(encoding);
    expect(large.headers['content-length']).toBe(String(large.body.length));
    expect(large.headers.vary).toBe('accept-encoding');
    expect(JSON.parse(decompress(large.body).toString())).toHaveProperty('data.products');
    const small = await raw('GET', '/graphql?query={__typename}', accepting, compressing);
    expect(small.headers['content-encoding']).toBeUndefined();
    const refusing = { ...asked, 'accept-encoding': `${encoding};q=0` };
    const plain = await raw('GET', '/graphql?query={products{name,title,sku}}', refusing, compressing);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('are left as they are for clients on this machine', async () => {
    const query = `{${Array.from({ length: 50 }, (_, index) => `a${index}:products{name,title,sku}`).join()}}`;
    const { headers, body } = await raw('GET', `/graphql?query=${query}`, { ...asked, 'accept-encoding': 'gzip, br' });
    expect(body.length).toBeGreaterThan(16 * 1024);
    expect(headers['content-encoding']).toBeUndefined();
  });
});

describe('a batch', () => {
  const batch = [
    { query: '{ product(sku: "P1") { name } }' },
    { query: '{ nope }' },
    { query: 'query ($sku: ID!) { product(sku: $sku) { name } }', variables: { sku: 'P3' } },
  ];

  test('is answered in its order, each request by itself', async () => {
    const batching = await serve({ serverLimits: { maxBatch: 3, maxRunningOperations: 1 } });
    const response = await post(batch, {}, batching);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([
      { data: { product: { name: 'Product 1' } } },
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      { data: { product: { name: 'Product 3' } } },
    ]);
    const large = await post([...batch, ...batch], {}, batching);
    expect(large.status).toBe(400);
    expect(await large.json()).toMatchObject({
      errors: [{ message: 'The body is a batch of 6 requests; at most 3 are allowed.' }],
    });
    expect((await post([], {}, batching)).status).toBe(400);
    expect((await post([7], {}, batching)).status).toBe(400);
    expect((await post([{ query: 'subscription { stockChanged(skus: []) { sku } }' }], {}, batching)).status).toBe(406);
  });

  test('is refused unless it is allowed', async () => {
    const response = await post(batch);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BATCH_TOO_LARGE' } }] });
  });
});

describe('what a page of another site can have a browser send', () => {
  const path = '/graphql?query={__typename}';

  test.each<[string, Record<string, string>]>([
    ['nothing more', {}],
    ['an empty header', { 'apollo-require-preflight': '' }],
    ['JSON as the content type', { 'content-type': json }],
    ['an odd content type', { 'content-type': 'application/json; charset=utf-8, text/plain' }],
    ['a content type that is none', { 'content-type': 'x' }],
    ['a word that it comes from elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ['a word that it comes from a sister', { 'sec-fetch-site': 'same-site' }],
  ])('is refused: a GET with %s', async (_name, headers) => {
    const { status, body } = await raw('GET', path, headers);
    expect(status).toBe(403);
    expect(body.toString()).toContain('CSRF_PREVENTED');
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', ''])(
    'is refused: a POST of "%s"',
    async (type) => {
      const { status } = await raw('POST', '/graphql', { ...(type && { 'content-type': type }) });
      expect(status).toBe(415);
    },
  );

  test.each<[string, Record<string, string>]>([
    ['a header that needs asking', { 'x-apollo-operation-name': 'A' }],
    ["the gateway's own", { 'graphql-require-preflight': '1' }],
    ["the browser's word that the page is the gateway's", { 'sec-fetch-site': 'same-origin' }],
    ["the browser's word that nobody sent it but its user", { 'sec-fetch-site': 'none' }],
  ])('is answered with %s', async (_name, headers) => {
    expect((await raw('GET', path, headers)).status).toBe(200);
  });

  test('does not hinder the IDE', async () => {
    const page = await fetch(`${server.url}/`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await post({ query: '{ __schema { queryType { name } } }' }, { origin: server.url })).status).toBe(200);
  });
});

describe('pages of other origins', () => {
  const preflight = {
    origin: 'https://plan.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, authorization',
  };

  test('are not told anything unless they are allowed', async () => {
    const { status, headers } = await raw('OPTIONS', '/graphql', preflight);
    expect(status).toBe(405);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('are, if they are allowed by their exact origin', async () => {
    const sharing = await serve({ cors: ['https://plan.example'] });
    const asking = await raw('OPTIONS', '/graphql', preflight, sharing);
    expect(asking.status).toBe(204);
    expect(asking.headers).toMatchObject({
      'access-control-allow-origin': 'https://plan.example',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type, authorization',
      vary: 'origin',
    });
    const answer = await post({ query: '{ __typename }' }, { origin: 'https://plan.example' }, sharing);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://plan.example');
    const refusal = await post('{', { origin: 'https://plan.example' }, sharing);
    expect(refusal.headers.get('access-control-allow-origin')).toBe('https://plan.example');
    for (const origin of ['https://plan.example.evil', 'http://plan.example', 'null', 'https://PLAN.example']) {
      const other = await raw('OPTIONS', '/graphql', { ...preflight, origin }, sharing);
      expect(other.status).toBe(405);
      const denied = await post({ query: '{ __typename }' }, { origin }, sharing);
      expect(denied.headers.get('access-control-allow-origin')).toBeNull();
      expect(denied.headers.get('vary')).toBe('origin');
    }
  });
});

describe('a gateway that does not tell its schema', () => {
  let silent: GatewayServer;
  beforeAll(async () => {
    silent = await serve({ introspection: false });
  });
  const ask = async (query: string, variables?: unknown) =>
    (await (await post({ query, variables }, {}, silent)).json()) as {
      data?: unknown;
      errors?: { message: string; extensions: { code: string } }[];
    };

  test.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Product") { name } }',
    '{ ...F } fragment F on Query { t: __type(name: "Product") { name } }',
  ])('refuses %s', async (query) => {
    const { data, errors } = await ask(query);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions.code).toBe('INTROSPECTION_DISABLED');
  });

  test('still names the types of objects', async () => {
    expect(await ask('{ __typename sites { __typename } }')).toMatchObject({ data: { __typename: 'Query' } });
  });

  test.each<[string, string, unknown]>([
    ['a field', '{ produts { sku } }', undefined],
    ['an argument', '{ product(sk: "P1") { sku } }', undefined],
    ['a type', '{ items { ... on Produt { sku } } }', undefined],
    ['an enum value', '{ echo(input: { kinds: [RAV] }) }', undefined],
    ['an enum value in a variable', 'query ($k: Kind!) { echo(input: { kinds: [$k] }) }', { k: 'RAV' }],
    ['an input field in a variable', 'query ($i: EchoInput!) { echo(input: $i) }', { i: { txt: 'a' } }],
  ])('suggests no name for %s', async (_name, query, variables) => {
    const loud = (await (await post({ query, variables })).json()) as { errors: { message: string }[] };
    expect(loud.errors[0]?.message).toContain('Did you mean');
    const { errors } = await ask(query, variables);
    expect(errors).toHaveLength(loud.errors.length);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  });
});

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { servePlant } from '../../test-subgraphs/serve-plant.ts';
import type { GatewayServer } from '../index.ts';

const plant = createPlant();
let server: GatewayServer;
/** Gives no request the time to come. */
let impatient: GatewayServer;
beforeAll(async () => {
  server = await servePlant(() => plant, { serverLimits: { requestTimeoutMs: 600_000, maxBatch: 5 } });
  impatient = await servePlant(() => plant, { serverLimits: { requestTimeoutMs: 40 } });
});
afterAll(() => Promise.all([server.close(), impatient.close()]));

afterEach(async () => {
  const { body } = await post('{"query":"{ product(sku: \\"P1\\") { name } }"}');
  expect(body).toBe('{"data":{"product":{"name":"Product 1"}}}');
  expect(Object.keys(Object.prototype)).toEqual([]);
});

function open(to = server): Socket {
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Everything that the server says until it closes the connection. */
async function restOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

async function send(bytes: string | Buffer, to = server): Promise<string> {
  const socket = open(to);
  socket.write(bytes);
  return restOf(socket);
}

async function post(body: string | Buffer, headers = ''): Promise<{ status: number; body: string }> {
  const bytes = Buffer.from(body);
  const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\naccept: application/graphql-response+json\r\n${headers}content-length: ${bytes.length}\r\n\r\n`;
  const answer = await send(Buffer.concat([Buffer.from(head), bytes]));
  const end = answer.indexOf('\r\n\r\n');
  return { status: Number(answer.split(' ')[1]), body: answer.slice(end + 4) };
}

const echo = 'query ($i: EchoInput!) { echo(input: $i) }';
const nested = (open: string, core: string, close: string, times: number) =>
  open.repeat(times) + core + close.repeat(times);

describe('values', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['bytes that are not UTF-8', Buffer.from('7b227175657279223a22c328227d', 'hex'), 400, /not UTF-8/],
    ['half of a surrogate', '{"query":"{ echo(input: {text: \\"\\ud800\\"}) }"}', 400, /GRAPHQL_PARSE_FAILED/],
    ['a zero byte', '{"query":"{ \\u0000 }"}', 400, /GRAPHQL_PARSE_FAILED/],
    [
      'objects in variables, 100,000 deep',
      `{"query":${JSON.stringify(echo)},"variables":{"i":${nested('{"nested":', '{}', '}', 90_000)}}}`,
      400,
      /at most 100 are allowed \(maxVariableDepth\)/,
    ],
    [
      'lists in variables, 100,000 deep',
      `{"query":${JSON.stringify(echo)},"variables":{"i":{"kinds":${nested('[', '', ']', 100_000)}}}}`,
      400,
      /at most 100 are allowed \(maxVariableDepth\)/,
    ],
    [
      'extensions, 100,000 deep',
      `{"query":"{ __typename }","extensions":{"a":${nested('[', '', ']', 100_000)}}}`,
      200,
      /"Query"/,
    ],
    ['a list of lists, 100,000 deep', nested('[', '', ']', 100_000), 400, /A request is a JSON object/],
    [
      'selections, 100,000 deep',
      `{"query":"${nested('{a', '', '}', 100_000)}"}`,
      400,
      /nested too deeply|OPERATION_TOO_LARGE|token/,
    ],
    ['a list literal, 9,000 deep', `{"query":"{echo(input:{kinds:${nested('[', '', ']', 4_500)}})}"}`, 400, /./],
  ])('%s', async (_name, body, status, text) => {
    const answer = await post(body);
    expect(answer.body).toMatch(text);
    expect(answer.status).toBe(status);
  });

  test.each([
    ['in the variables', `{"query":${JSON.stringify(echo)},"variables":{"__proto__":{"i":{}},"i":{"text":"x"}}}`, 200],
    ['instead of a variable', `{"query":${JSON.stringify(echo)},"variables":{"__proto__":{"i":{"text":"x"}}}}`, 400],
    ['within a variable', `{"query":${JSON.stringify(echo)},"variables":{"i":{"__proto__":{"text":"x"}}}}`, 400],
    ['in the request', '{"__proto__":{"query":"{ sites { code } }"}}', 400],
    [
      'constructor in a variable',
      `{"query":${JSON.stringify(echo)},"variables":{"i":{"constructor":{"prototype":{"a":1}}}}}`,
      400,
    ],
  ])('the name __proto__ %s reaches no prototype', async (_name, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test('an alias that is called __proto__ is a name as any other', async () => {
    const answer = await post('{"query":"{ __proto__: product(sku: \\"P1\\") { constructor: name } }"}');
    expect(answer.body).toBe('{"data":{"__proto__":{"constructor":"Product 1"}}}');
  });
});

describe('bodies', () => {
  test('that say how large they are are refused before they come', async () => {
    const answer = await send(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{',
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('larger than 1048576 bytes');
  });

  test('that go on and on are refused once they are too large', async () => {
    const socket = open();
    const said = restOf(socket);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = 'x'.repeat(65_536);
    for (let sent = 0; sent < 40 && !socket.destroyed; sent++) {
      socket.write(`10000\r\n${chunk}\r\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await said).toMatch(/^HTTP\/1.1 413 /);
  });

  test('that come slowly are not waited for', async () => {
    const answer = await send(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      impatient,
    );
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  test('that never come whole hold nothing', async () => {
    const socket = open();
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    socket.end();
    expect(await restOf(socket)).toMatch(/^HTTP\/1.1 400 /);
  });

  test.each(['gzip', 'br', 'identity'])('that are compressed by %s are refused', async (encoding) => {
    expect((await post('{}', `content-encoding: ${encoding}\r\n`)).status).toBe(415);
  });
});

describe('heads', () => {
  test('that are large are refused', async () => {
    expect(await send(`GET /graphql HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
  });

  test('of many headers are refused', async () => {
    const headers = Array.from({ length: 5_000 }, (_, index) => `x${index}: 1\r\n`).join('');
    expect(await send(`GET /graphql HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  test('that come slowly are not waited for', async () => {
    expect(await send('GET /graphql HTTP/1.1\r\nhost: loc', impatient)).toMatch(/^HTTP\/1.1 408 /);
  });

  test('that are not HTTP are refused', async () => {
    expect(await send('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  test('with two lengths are refused', async () => {
    const answer = await send(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  test('with an accept header that is a riddle are answered', async () => {
    const accept = `${'"'.repeat(5_000)}${'a;'.repeat(2_000)}`;
    const answer = await send(
      `GET /graphql?query={__typename} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: ${accept}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 406 /);
  });
});

test('no answer tells how the gateway is built', async () => {
  const answers = await Promise.all([
    post('{'),
    post('{"query":"{"}'),
    post('{"query":"{ broken sites { code } }"}'),
    post(`{"query":${JSON.stringify(echo)},"variables":{"i":7}}`),
    post('{}', 'content-encoding: x\r\n'),
  ]);
  for (const { body } of answers) expect(body).not.toMatch(/node_modules|\.ts\b|\bat \w+ \(|stack/);
});

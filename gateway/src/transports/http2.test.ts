import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { loopbackCertificate } from '../../test-subgraphs/loopback-certificate.ts';
import { httpTransport } from './http.ts';
import type { GivenTransportOptions } from './transport-options.ts';

beforeEach(() => {
  // Nobody but this test trusts the certificate.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  vi.spyOn(process, 'emitWarning').mockReturnValue();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function serving(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
  options: GivenTransportOptions,
) {
  const server: Http2SecureServer = createSecureServer({ ...loopbackCertificate, allowHTTP1: true }, answer);
  let connections = 0;
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const transport = httpTransport({ name: 'stock', url: `https://localhost:${port}/graphql`, options });
  onTestFinished(async () => {
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { transport, connections: () => connections };
}

const request = {
  operation: { query: '{ a }', operationName: undefined, idempotent: true },
  variables: '{}',
  signal: new AbortController().signal,
};

const version = ({ httpVersion }: Http2ServerRequest, response: Http2ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ data: { httpVersion } }));
};

test.each([
  [true, '2.0'],
  [false, '1.1'],
])('a subgraph with TLS that offers HTTP/2 is reached by it if that is asked for: %s', async (http2, httpVersion) => {
  const { transport } = await serving(version, { http2 });
  expect(await transport.executeText(request)).toBe(JSON.stringify({ data: { httpVersion } }));
});

test('one connection of HTTP/2 carries many queries at once', async () => {
  const waiting: (() => void)[] = [];
  const { transport, connections } = await serving(
    (incoming, response) => {
      waiting.push(() => version(incoming, response));
      if (waiting.length === 20) waiting.forEach((answer) => answer());
    },
    { http2: true, connections: 1 },
  );
  await Promise.all(Array.from({ length: 20 }, () => transport.executeText(request)));
  expect(connections()).toBe(1);
});

test('a query that is given up ends its stream, and the others go on', async () => {
  const gone = new AbortController();
  let closed!: () => void;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  let answer!: () => void;
  const { transport } = await serving(
    (incoming, response) => {
      if (incoming.headers['x-leaving'] === undefined) answer = () => version(incoming, response);
      else {
        incoming.stream.once('close', closed);
        gone.abort(new Error('gone'));
      }
    },
    { http2: true, connections: 1 },
  );
  const staying = transport.executeText(request);
  await expect.poll(() => answer).toBeDefined();
  const leaving = transport.executeText({ ...request, signal: gone.signal, headers: { 'x-leaving': '1' } });
  await expect(leaving).rejects.toThrow('gone');
  await isClosed;
  answer();
  expect(await staying).toContain('2.0');
});

test('a certificate that is not trusted is an unreachable subgraph', async () => {
  vi.unstubAllEnvs();
  const { transport } = await serving(version, { retry: false });
  await expect(transport.executeText(request)).rejects.toMatchObject({
    code: 'SUBGRAPH_UNAVAILABLE',
    message: 'Subgraph "stock" cannot be reached.',
  });
});

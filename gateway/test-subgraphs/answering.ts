import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { httpTransport } from '../src/index.ts';
import type { GivenTransportOptions, SubgraphTransport } from '../src/index.ts';
import { listen } from './listen.ts';

/** A transport to an HTTP server that answers as the test says. */
export async function answering(
  listener: RequestListener,
  options?: GivenTransportOptions,
): Promise<SubgraphTransport> {
  return transportTo(urlOf(await listen(createServer(listener))), options);
}

export function transportTo(url: string, options: GivenTransportOptions = {}): SubgraphTransport {
  const transport = httpTransport({ name: 'stock', url, options });
  onTestFinished(() => transport.close());
  return transport;
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/graphql?tenant=a`;
}

export function json(body: string, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
}

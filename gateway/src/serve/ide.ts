import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface IdeOptions {
  readonly title: string;
  /** What the editor opens with. */
  readonly defaultQuery: string;
}

/** Serves the GraphQL IDE: one page with everything in it, and a policy under which it can load nothing from outside. */
export function createIde(options: IdeOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let page: Promise<{ plain: Buffer; compressed: Buffer }> | undefined;
  return async (request, response) => {
    const { plain, compressed } = await (page ??= render(options));
    const compress = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = compress ? compressed : plain;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      ...(compress && { 'content-encoding': 'gzip' }),
      vary: 'accept, accept-encoding',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

export function wantsIde(request: IncomingMessage): boolean {
  return /^(GET|HEAD)$/.test(request.method ?? '') && /text\/(html|\*)|\*\/\*/.test(request.headers.accept ?? '*/*');
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

async function render({ title, defaultQuery }: IdeOptions): Promise<{ plain: Buffer; compressed: Buffer }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const plain = Buffer.from(
    renderGraphiQL({ title, defaultQuery, endpoint: '/graphql', subscriptionsProtocol: 'WS' }).trim(),
  );
  return { plain, compressed: await promisify(gzip)(plain) };
}

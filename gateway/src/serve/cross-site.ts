import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './request-refused.ts';

/** Any of these, not empty, shows that a browser asked before it sent the request. */
const preflightHeaders = ['graphql-require-preflight', 'apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Refuses, with 403, a GET that a page of another site could have a browser send without asking first: its duration
 * would tell that page something even though it may not read the answer. The content type of a GET shows nothing, since
 * browsers differ in which of them they ask about. A browser that says that the request comes from the gateway's own
 * page, or from its address bar, is believed: pages cannot say it. (A POST of JSON is never sent without asking, and
 * other POSTs are not served.)
 */
export function refuseCrossSite(request: IncomingMessage): void {
  const { headers } = request;
  if (preflightHeaders.some((name) => headers[name] !== undefined && headers[name] !== '')) return;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const message = `A browser could be made to send this request: add one of the headers ${preflightHeaders.join(', ')}, or POST as application/json.`;
  throw new RequestRefused(403, 'CSRF_PREVENTED', message);
}

/** Headers that let a page of one of `origins` read the answer; empty for every other request. */
export function corsHeaders(request: IncomingMessage, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return { vary: 'origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': exposedHeaders,
    vary: 'origin',
  };
}

/** What tells of the contract, when to come again, and where a download goes on. */
const exposedHeaders =
  'Takt-Contract, Deprecation, Sunset, Link, Retry-After, ETag, Content-Range, Content-Disposition';

/** What a preflight request is answered with, beside {@link corsHeaders}; undefined if it is none or of another origin. */
export function preflightAnswer(
  request: IncomingMessage,
  origins: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const { headers, method } = request;
  if (method !== 'OPTIONS' || headers.origin === undefined || !origins.includes(headers.origin)) return undefined;
  if (headers['access-control-request-method'] === undefined) return undefined;
  const wanted = headers['access-control-request-headers'] ?? '';
  return {
    'access-control-allow-methods': 'GET, POST',
    ...(wanted && /^[\w!#$%&'*+.^`|~ ,-]+$/.test(wanted) && { 'access-control-allow-headers': wanted }),
    'access-control-max-age': '7200',
  };
}

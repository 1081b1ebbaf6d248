import type { IncomingMessage } from 'node:http';

/** The headers of a request that are passed on to subgraphs; undefined if there are none. */
export function forwardedHeaders(
  request: IncomingMessage,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return Object.keys(headers).length > 0 ? headers : undefined;
}

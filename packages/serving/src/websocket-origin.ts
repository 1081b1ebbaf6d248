import type { IncomingMessage } from 'node:http';

/**
 * Whether a websocket may be opened. Browsers let any page open one to any host, so a page of another origin is refused
 * unless it is allowed by name; programs send no origin.
 */
export function mayConnect(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

import type { GatewayErrorCode } from '../errors.ts';

/** A request that is not answered with a GraphQL operation's result; the message is for the client. */
export class RequestRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: GatewayErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RequestRefused';
  }
}

export function notAcceptable(message: string): RequestRefused {
  return new RequestRefused(406, 'BAD_REQUEST', message);
}

export function unavailable(message: string, code: GatewayErrorCode = 'GATEWAY_UNAVAILABLE'): RequestRefused {
  return new RequestRefused(503, code, message, { 'retry-after': '1' });
}

export function shuttingDown(): RequestRefused {
  return new RequestRefused(503, 'GATEWAY_UNAVAILABLE', 'The gateway is shutting down.', { connection: 'close' });
}

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

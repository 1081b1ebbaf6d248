import { GraphQLError } from 'graphql';
import type { GraphQLErrorOptions } from 'graphql';

/** Every failure that the gateway itself can report, by `extensions.code`. Subgraphs' own codes pass through. */
export const gatewayErrorCodes = {
  BAD_REQUEST: 'The request is not one of GraphQL over HTTP.',
  BATCH_TOO_LARGE: 'The body holds more requests than the gateway takes at once.',
  CSRF_PREVENTED: 'A page of another site could have sent the request without the browser asking first.',
  GATEWAY_UNAVAILABLE: 'The gateway is starting, stopping, or has too much to do.',
  DOCUMENT_UNKNOWN: 'No document is registered under the hash that the request names.',
  DOCUMENT_HASH_MISMATCH: 'The request has a text and a hash, or two hashes, that do not belong together.',
  DOCUMENT_NOT_TRUSTED: 'The request has a text, and the gateway runs registered documents only.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema, or names no operation to run.',
  BAD_USER_INPUT: 'A variable has a value that its type does not allow.',
  INTROSPECTION_DISABLED: 'The operation asks for the schema, which the gateway does not tell.',
  OPERATION_TOO_LARGE: 'The operation exceeds a limit of the gateway.',
  OPERATION_TOO_EXPENSIVE: 'Validating and planning the operation takes more time or memory than the gateway gives it.',
  PLANNING_BUSY: 'Too many new operations are being planned; the same request may succeed later.',
  UNAUTHENTICATED: 'The caller has not shown who it is, or with a token that is not good.',
  AUTHENTICATION_UNAVAILABLE: 'Tokens cannot be verified at the moment.',
  UNAUTHORIZED_FIELD_OR_TYPE: 'The caller may not see what it asks for.',
  OPERATION_NOT_SUPPORTED: 'The operation uses a feature that the gateway does not offer.',
  OPERATION_NOT_PLANNED: 'No plan over the subgraphs answers the operation.',
  SUBGRAPH_UNAVAILABLE: 'A subgraph cannot be reached, or went away.',
  SUBGRAPH_TIMEOUT: 'A subgraph did not answer in time.',
  SUBGRAPH_BAD_RESPONSE: 'A subgraph answered with something that is not a GraphQL response.',
  SUBGRAPH_ERROR: 'A subgraph reported an error without a code.',
  SUBSCRIPTION_GAP:
    'A subgraph that does not tell where a subscription begins was away before its first event: events may be missing before the next one. The subscription goes on.',
  EVENTS_OVERFLOW: 'Events came faster than they could be passed on, and the subscription cannot be resumed.',
  SUBSCRIBER_TOO_SLOW: 'The client takes events more slowly than they come; it can go on from `cursor`.',
  SUBSCRIPTION_OUTDATED: 'The graph has changed, and the subscription no longer fits it.',
  SUBSCRIPTIONS_EXHAUSTED: 'The caller, or the gateway, has as many subscriptions as are allowed.',
  CALLER_EXPIRED: 'The time is over for which the caller has shown who it is.',
  CALLER_REVOKED: 'The caller may no longer ask.',
  GATEWAY_CLOSING: 'The gateway, or this version of its graph, is shutting down.',
  INVALID_VALUE: 'A subgraph gave a value that the schema does not allow.',
  INTERNAL_ERROR: 'A fault of the gateway; the details are in its log.',
} as const;

export type GatewayErrorCode = keyof typeof gatewayErrorCodes;

/** An error for the client, with its code. */
export function gatewayError(code: GatewayErrorCode, message: string, options: GraphQLErrorOptions = {}): GraphQLError {
  return new GraphQLError(message, { ...options, extensions: { ...options.extensions, code } });
}

/** The operation cannot be run: nothing was sent to any subgraph. */
export class OperationRefused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.name = 'OperationRefused';
  }
}

/** A transport could not get a GraphQL response from its subgraph. The message holds nothing internal. */
export class SubgraphFault extends Error {
  /** Whether it tells of the subgraph as a whole, not of one request: what circuit breakers count. */
  readonly isOutage: boolean;
  /** How long the subgraph asks to be left alone, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: 'SUBGRAPH_UNAVAILABLE' | 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_BAD_RESPONSE' | 'EVENTS_OVERFLOW',
    message: string,
    options: ErrorOptions & { readonly isOutage?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'SubgraphFault';
    this.isOutage = options.isOutage ?? code !== 'SUBGRAPH_BAD_RESPONSE';
    this.retryAfterMs = options.retryAfterMs;
  }
}

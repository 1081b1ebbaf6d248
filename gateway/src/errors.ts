import { GraphQLError } from 'graphql';
import type { GraphQLErrorOptions } from 'graphql';

/** Every failure that the gateway itself can report, by `extensions.code`. Subgraphs' own codes pass through. */
export const gatewayErrorCodes = {
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema, or names no operation to run.',
  BAD_USER_INPUT: 'A variable has a value that its type does not allow.',
  OPERATION_TOO_LARGE: 'The operation exceeds a limit of the gateway.',
  OPERATION_TOO_EXPENSIVE: 'Validating and planning the operation takes more time or memory than the gateway gives it.',
  PLANNING_BUSY: 'Too many new operations are being planned; the same request may succeed later.',
  OPERATION_NOT_SUPPORTED: 'The operation uses a feature that the gateway does not offer.',
  OPERATION_NOT_PLANNED: 'No plan over the subgraphs answers the operation.',
  SUBGRAPH_UNAVAILABLE: 'A subgraph cannot be reached, or went away.',
  SUBGRAPH_TIMEOUT: 'A subgraph did not answer in time.',
  SUBGRAPH_BAD_RESPONSE: 'A subgraph answered with something that is not a GraphQL response.',
  SUBGRAPH_ERROR: 'A subgraph reported an error without a code.',
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
  constructor(
    readonly code: 'SUBGRAPH_UNAVAILABLE' | 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_BAD_RESPONSE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SubgraphFault';
  }
}

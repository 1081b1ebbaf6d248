import { GraphQLError, type ExecutionResult, type GraphQLErrorOptions } from 'graphql';
import { faultOf } from './errors.ts';

/** Hides from clients what was not meant for them: of anything but a GraphQLError they learn no more than where it happened. */
export interface ErrorMask {
  result(result: ExecutionResult): ExecutionResult;
  thrown(error: unknown): GraphQLError;
  /** For the log. */
  textOf(error: unknown): string;
}

/** `log` gets the causes of the errors that are hidden. */
export function errorMask(log: (cause: string) => void): ErrorMask {
  const reveal = (error: GraphQLError): GraphQLError => {
    const { originalError, path, nodes } = error;
    if (!originalError || originalError instanceof GraphQLError) return error;
    log(textOf(originalError));
    return shown(originalError, { path: path ?? null, nodes: nodes ?? null });
  };
  return {
    result: (result) => (result.errors ? { ...result, errors: result.errors.map(reveal) } : result),
    thrown(error) {
      if (error instanceof GraphQLError) return reveal(error);
      log(textOf(error));
      return shown(error, {});
    },
    textOf,
  };
}

function shown(error: unknown, options: GraphQLErrorOptions): GraphQLError {
  const { message, extensions } = faultOf(error) ?? INTERNAL;
  return new GraphQLError(message, { ...options, extensions });
}

const INTERNAL = { message: 'Internal error of the subgraph.', extensions: { code: 'INTERNAL' } };

/** An outage makes each call fail: where in the program is of interest only for what nobody has foreseen. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return faultOf(error) ? error.message : (error.stack ?? error.message);
}

import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

export class TaktRequestError extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors.map((error) => error.message).join('\n') || 'The answer holds neither data nor errors.');
    this.name = 'TaktRequestError';
  }
}

/** Throws {@link TaktRequestError} if there is not all that was asked for. */
export function dataOf<Data>({ data, errors }: FormattedExecutionResult<Data>): Data {
  if (errors !== undefined || data == null) throw new TaktRequestError(errors ?? []);
  return data;
}

/** As GraphQL has it. */
export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The gateway refused the operation or the contract, or could not answer all of it. Asking the same again may not help. */
export class TaktRequestError extends Error {
  /** The first error's, e.g. CONTRACT_SUNSET, DOCUMENT_UNKNOWN, UNAUTHENTICATED. */
  readonly code: string | undefined;

  constructor(
    readonly errors: readonly GraphqlError[],
    /** Of the HTTP answer, if it was one. */
    readonly status?: number,
  ) {
    super(errors.map((error) => error.message).join('\n') || 'The answer holds neither data nor errors.');
    this.name = 'TaktRequestError';
    const code = errors[0]?.extensions?.['code'];
    this.code = typeof code === 'string' ? code : undefined;
  }
}

/** No answer of a gateway: not reached, cut off, too late, or something else answered. Asking again may help. */
export class TaktConnectionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TaktConnectionError';
  }
}

/** Throws {@link TaktRequestError} if there is not all that was asked for. */
export function dataOf<Data>(
  { data, errors }: { readonly data?: unknown; readonly errors?: readonly GraphqlError[] | undefined },
  status?: number,
): Data {
  if (errors !== undefined || data == null) throw new TaktRequestError(errors ?? [], status);
  return data as Data;
}

/** What a subscription that the gateway has refused or ended is rejected with. */
export function isErrors(error: unknown): error is readonly GraphqlError[] {
  return Array.isArray(error);
}

/** From here on, websockets are closed for what the client has done. */
export const FIRST_CLIENT_FAULT = 4400;
const UNAUTHENTICATED = 4401;

/** What to throw for what a websocket operation failed with: errors, the close of the connection, or a fault of it. */
export function thrownFor(failure: unknown): unknown {
  if (isErrors(failure)) return new TaktRequestError(failure);
  const { code, reason = '' } = Object(failure) as { code?: unknown; reason?: string };
  if (typeof code === 'number' && code >= FIRST_CLIENT_FAULT) return new TaktRequestError([errorOfClose(code, reason)]);
  if (failure instanceof Error && typeof code !== 'number') return failure;
  const why = typeof code === 'number' ? ` (${[code, reason].filter(Boolean).join(' ')})` : '';
  return new TaktConnectionError(`The connection to the gateway was lost${why}.`, { cause: failure });
}

/** A reason begins with the code of an error where there is one. */
function errorOfClose(code: number, reason: string): GraphqlError {
  const [, named, message] = /^([A-Z][A-Z_]+[A-Z])(?:$|[: ]+(.*)$)/s.exec(reason) ?? [];
  const name = named ?? (code === UNAUTHENTICATED ? 'UNAUTHENTICATED' : undefined);
  return {
    message: message || reason || `The gateway closed the connection with ${code}.`,
    extensions: { closeCode: code, ...(name !== undefined && { code: name }) },
  };
}

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import { createClient, type ClientOptions } from 'graphql-ws';

export interface TaktClient {
  /** One query or mutation. Throws {@link TaktRequestError} if the answer has errors or is no GraphQL answer. */
  request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** The answers of a subscription, until the consumer stops or `close` is called. Throws {@link TaktRequestError}. */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): AsyncIterableIterator<Data>;
  close(): Promise<void>;
}

export interface TaktClientOptions {
  /** `http://HOST:PORT/graphql` */
  readonly url: string;
  /** For a Node before 22, which has no WebSocket of its own: the `ws` package's. */
  readonly webSocketImpl?: unknown;
}

export function createTaktClient({ url, webSocketImpl }: TaktClientOptions): TaktClient {
  const options: ClientOptions = { url: url.replace(/^http/, 'ws'), retryAttempts: 0 };
  const socket = createClient(webSocketImpl === undefined ? options : { ...options, webSocketImpl });
  return {
    async request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query: print(document), variables }),
      });
      const result = (await response.json()) as FormattedExecutionResult<Data>;
      return dataOf(result);
    },
    async *subscribe(document, variables) {
      try {
        for await (const result of socket.iterate({ query: print(document), variables })) {
          yield dataOf(result as FormattedExecutionResult<never>);
        }
      } catch (error) {
        throw Array.isArray(error) ? new TaktRequestError(error as GraphQLFormattedError[]) : error;
      }
    },
    close: async () => socket.dispose(),
  };
}

export class TaktRequestError extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors.map((error) => error.message).join('\n') || 'The answer holds neither data nor errors.');
    this.name = 'TaktRequestError';
  }
}

function dataOf<Data>({ data, errors }: FormattedExecutionResult<Data>): Data {
  if (errors !== undefined || data == null) throw new TaktRequestError(errors ?? []);
  return data;
}

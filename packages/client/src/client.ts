import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type FormattedExecutionResult } from 'graphql';
import { createClient, type ClientOptions } from 'graphql-ws';
import { dataOf } from './request-error.ts';
import { resumed } from './resumed.ts';

export interface TaktClient {
  /** One query or mutation. Throws {@link TaktRequestError} if the answer has errors or is no GraphQL answer. */
  request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /**
   * The answers of a subscription, until the consumer stops or `close` is called. One that takes `$after` and asks for
   * `cursor` goes on by itself when the connection is lost or the gateway stops, behind the last answer or, without one,
   * from where it began, with neither loss nor double; before it has begun, and after a minute without a gateway, it
   * throws what happened.
   * Throws {@link TaktRequestError}.
   */
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
  const closing = new AbortController();
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
    subscribe: (document, variables) => resumed(socket, closing.signal, document, variables),
    close: async () => {
      closing.abort();
      await socket.dispose();
    },
  };
}

import { createClient, type Client } from 'graphql-ws/client';
import { introductionOf, type CallOptions, type RequestOptions, type TaktClientOptions } from './client-options.ts';
import { noticeOfAck, noticeOfHeaders, onceEach } from './deprecation.ts';
import type { TaktDocument, UntypedDocument } from './document.ts';
import { dataOf, TaktConnectionError } from './errors.ts';
import { CONTRACT } from './generated/operations.ts';
import { postedTo } from './http-request.ts';
import { linkedAbort } from './linked-abort.ts';
import { resumed } from './resumed.ts';
import { SentDocuments } from './sent-documents.ts';

export interface TaktClient {
  /**
   * One query or mutation. Throws {@link TaktRequestError} if the answer has errors, {@link TaktConnectionError} if there
   * is none, and the signal's reason if it aborts.
   */
  request<Data, Variables>(
    document: TaktDocument<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data>;
  /**
   * The answers of a subscription, until the consumer stops, the signal aborts or `close` is called. One that takes
   * `$after` and asks for `cursor` goes on by itself when the connection is lost or the gateway stops, behind the last
   * answer or, without one, from where it began, with neither loss nor double; before it has begun, and after a minute
   * without a gateway, it throws what happened.
   * Throws {@link TaktRequestError} and {@link TaktConnectionError}.
   */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TaktDocument<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): AsyncIterableIterator<Data>;
  /** Ends all that runs. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;

/** Connects when it is first used. */
export function createTaktClient(given: TaktClientOptions): TaktClient {
  const options: TaktClientOptions = { ...given, contract: given.contract === undefined ? CONTRACT : given.contract };
  const { url } = options;
  const documents = new SentDocuments(options.documents ?? 'auto');
  const closing = new AbortController();
  const tellDeprecation = onceEach(options.onDeprecated);
  let socket: Client | undefined;

  const connected = (): Client =>
    (socket ??= createClient({
      url: url.replace(/^http/, 'ws'),
      retryAttempts: 0,
      connectionParams: () => introductionOf(options),
      on: { connected: (_socket, payload) => tellDeprecation(noticeOfAck(payload, url)) },
      ...(options.webSocketImpl !== undefined && { webSocketImpl: options.webSocketImpl }),
    }));

  const answerTo = async (document: UntypedDocument, variables: unknown, signal: AbortSignal) => {
    const { name } = document;
    const body = { ...documents.parametersOf(document), variables, operationName: name };
    const answer = await postedTo(url, await introductionOf(options), body, signal);
    const notice = noticeOfHeaders(answer.headers, url);
    if (notice) tellDeprecation({ ...notice, operation: name ?? 'anonymous' });
    return answer;
  };

  return {
    async request<Data, Variables>(
      document: TaktDocument<Data, Variables>,
      variables: Variables,
      { signal, timeoutMs = options.timeoutMs ?? TIMEOUT_MS }: RequestOptions = {},
    ): Promise<Data> {
      const abort = linkedAbort([closing.signal, signal]);
      const late = new TaktConnectionError(`There was no answer within ${timeoutMs} ms.`);
      const timer = timeoutMs === Infinity ? undefined : setTimeout(() => abort.abort(late), timeoutMs);
      try {
        let answer = await answerTo(document, variables, abort.signal);
        if (answer.errors && documents.isToBeSentAgain(document, answer.errors)) {
          answer = await answerTo(document, variables, abort.signal);
        }
        return dataOf(answer, answer.status) as Data;
      } catch (error) {
        throw abort.signal.aborted ? abort.signal.reason : error;
      } finally {
        clearTimeout(timer);
        abort.release();
      }
    },
    subscribe: (document, variables, { signal } = {}) =>
      resumed(
        { socket: connected(), documents, canRenewToken: typeof options.token === 'function' },
        [closing.signal, signal],
        document,
        variables,
      ),
    close: async () => {
      closing.abort(new TaktConnectionError('The client was closed.'));
      await socket?.dispose();
    },
  };
}

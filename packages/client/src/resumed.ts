import type { Client } from 'graphql-ws/client';
import type { TaktDocument } from './document.ts';
import { dataOf, FIRST_CLIENT_FAULT, isErrors, TaktRequestError, thrownFor } from './errors.ts';
import { linkedAbort } from './linked-abort.ts';
import type { SentDocuments } from './sent-documents.ts';

export interface Resuming {
  readonly socket: Client;
  readonly documents: SentDocuments;
  /** Whether connecting again brings another token. */
  readonly canRenewToken: boolean;
}

/**
 * The answers of a subscription; a resumable one is asked again, behind its last answer, when it was interrupted. Ends
 * when one of `signals` aborts.
 */
export async function* resumed<Data, Variables extends Record<string, unknown>>(
  { socket, documents, canRenewToken }: Resuming,
  signals: readonly (AbortSignal | undefined)[],
  document: TaktDocument<Data, Variables>,
  variables: Variables,
): AsyncGenerator<Data, undefined> {
  const { isResumable = false, name } = document;
  let after = isResumable ? textOf(variables['after']) : undefined;
  const { signal, release } = linkedAbort(signals);
  try {
    for (let failures = 0; ; failures++) {
      const began = performance.now();
      try {
        if (signal.aborted) return;
        const asked = after === undefined ? variables : { ...variables, after };
        const results = socket.iterate({
          query: '',
          ...documents.parametersOf(document),
          variables: asked,
          ...(name !== undefined && { operationName: name }),
          ...(isResumable && { extensions: { tellPlaces: true } }),
        });
        const stop = () => void results.return?.();
        signal.addEventListener('abort', stop);
        try {
          for await (const result of results) {
            if (signal.aborted) return;
            const place = isResumable ? placeOf(result) : undefined;
            if (place !== undefined) {
              after = place;
              continue;
            }
            const data = dataOf(result) as Data;
            if (isResumable) after = cursorOf(data) ?? after;
            failures = 0;
            yield data;
          }
        } finally {
          signal.removeEventListener('abort', stop);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (isErrors(error) && documents.isToBeSentAgain(document, error)) continue;
        if (isResumable) after = cursorToldBy(error) ?? after;
        if (performance.now() - began > LONGEST_PAUSE_MS) failures = 0;
        if (after === undefined || !mayPass(error, canRenewToken) || failures === MOST_FAILURES) throw thrownFor(error);
        await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2), signal);
      }
    }
  } finally {
    release();
  }
}

/** About a minute in all. */
const MOST_FAILURES = 16;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** What the gateway says of a subscription that may go on elsewhere or later. */
const PASSING_CODES: ReadonlySet<unknown> = new Set([
  'GATEWAY_CLOSING',
  'GATEWAY_UNAVAILABLE',
  'PLANNING_BUSY',
  'SUBSCRIBER_TOO_SLOW',
]);

const SUBGRAPH_AWAY = 'SUBGRAPH_UNAVAILABLE';
const TOO_SLOW = 4480;
const EXPIRED = 4403;

function mayPass(error: unknown, canRenewToken: boolean): boolean {
  if (error instanceof TypeError) return false;
  // An event of which something could not be answered: it is asked for again, for it has not been told yet.
  if (error instanceof TaktRequestError) {
    return error.errors.length > 0 && error.errors.every(({ extensions }) => extensions?.['code'] === SUBGRAPH_AWAY);
  }
  if (isErrors(error)) {
    const code = error[0]?.extensions?.['code'];
    return PASSING_CODES.has(code) || (canRenewToken && code === 'CALLER_EXPIRED');
  }
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== 'number' || code < FIRST_CLIENT_FAULT) return true;
  return code === TOO_SLOW || (canRenewToken && code === EXPIRED);
}

function cursorToldBy(error: unknown): string | undefined {
  return isErrors(error) ? textOf(error[0]?.extensions?.['cursor']) : undefined;
}

/** What the gateway, asked for places, says instead of an event: where the subscription is without one. */
function placeOf({ data, extensions }: { data?: unknown; extensions?: unknown }): string | undefined {
  return data === undefined ? textOf((Object(extensions) as { place?: unknown }).place) : undefined;
}

/** Of the only field of an event. */
function cursorOf(data: unknown): string | undefined {
  const [payload] = Object.values(Object(data) as object) as unknown[];
  return textOf((Object(payload) as { cursor?: unknown }).cursor);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

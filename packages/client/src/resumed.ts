import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Kind, print, type DocumentNode, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Client } from 'graphql-ws';
import { dataOf, TaktRequestError } from './request-error.ts';

/**
 * The answers of a subscription; a resumable one is asked again, behind its last answer, when it was interrupted. Ends
 * when `signal` aborts.
 */
export async function* resumed<Data, Variables extends Record<string, unknown>>(
  socket: Client,
  signal: AbortSignal,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): AsyncGenerator<Data, undefined> {
  const query = print(document);
  const isResumable = takesAfter(document);
  let after = isResumable ? textOf(variables['after']) : undefined;
  for (let failures = 0; ; failures++) {
    const began = performance.now();
    try {
      const asked = after === undefined ? variables : { ...variables, after };
      const request = { query, variables: asked, ...(isResumable && { extensions: { tellPlaces: true } }) };
      for await (const result of socket.iterate(request)) {
        const place = isResumable ? placeOf(result) : undefined;
        if (place !== undefined) {
          after = place;
          continue;
        }
        const data = dataOf(result as FormattedExecutionResult<Data>);
        if (isResumable) after = cursorOf(data) ?? after;
        failures = 0;
        yield data;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (isResumable) after = cursorToldBy(error) ?? after;
      if (performance.now() - began > LONGEST_PAUSE_MS) failures = 0;
      if (after === undefined || !mayPass(error) || failures === MOST_FAILURES) throw thrownFor(error);
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2), signal);
      if (signal.aborted) return;
    }
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

const TOO_SLOW = 4480;
/** From here on, connections are closed for what the client has done. */
const FIRST_CLIENT_FAULT = 4400;

function mayPass(error: unknown): boolean {
  if (error instanceof TaktRequestError) return false;
  if (isErrors(error)) return PASSING_CODES.has(error[0]?.extensions?.['code']);
  const { code } = Object(error) as { code?: unknown };
  return typeof code !== 'number' || code < FIRST_CLIENT_FAULT || code === TOO_SLOW;
}

function thrownFor(error: unknown): unknown {
  return isErrors(error) ? new TaktRequestError(error) : error;
}

function cursorToldBy(error: unknown): string | undefined {
  return isErrors(error) ? textOf(error[0]?.extensions?.['cursor']) : undefined;
}

/** What a subscription that the gateway has refused or ended is rejected with. */
function isErrors(error: unknown): error is readonly GraphQLFormattedError[] {
  return Array.isArray(error);
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

function takesAfter({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.variableDefinitions?.some(({ variable }) => variable.name.value === 'after'),
  );
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

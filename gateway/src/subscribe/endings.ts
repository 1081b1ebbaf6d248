import type { GraphQLError } from 'graphql';
import { gatewayError } from '../errors.ts';
import type { GatewayErrorCode } from '../errors.ts';
import { subgraphError } from '../execute/fetch-errors.ts';
import type { SubgraphReportedError } from '../transports/transport.ts';

/** Why the gateway ends a subscription; with the cursor to go on from, where there is one. */
export function ending(code: Ending, cursor: string | undefined): GraphQLError {
  return gatewayError(code, messages[code], { extensions: cursor === undefined ? {} : { cursor } });
}

/** What a subgraph says instead of events. Of a cursor that is too old, the gap begins behind that cursor. */
export function refusedBy(
  service: string,
  errors: readonly SubgraphReportedError[] | undefined,
  cursor: string | undefined,
): readonly GraphQLError[] {
  if (!errors?.length) {
    return [gatewayError('SUBGRAPH_BAD_RESPONSE', `Subgraph "${service}" gave no event.`, { extensions: { service } })];
  }
  return errors.map((reported) => {
    const error = subgraphError(service, reported, undefined);
    if (cursor === undefined) return error;
    if (error.extensions['code'] === 'CURSOR_EXPIRED') {
      const gap = error.extensions['gap'];
      error.extensions['gap'] = { after: cursor, ...(typeof gap === 'object' && gap) };
    } else if (error.extensions['code'] !== 'CURSOR_INVALID') error.extensions['cursor'] ??= cursor;
    return error;
  });
}

/** The subscription no longer fits the graph, for the reasons given. */
export function outdated(reasons: readonly GraphQLError[], cursor: string | undefined): GraphQLError {
  const error = ending('SUBSCRIPTION_OUTDATED', cursor);
  error.extensions['reasons'] = reasons.map(({ message }) => message);
  return error;
}

/** Events may be missing between `since`, when the subscription began or was last told so, and the next event. */
export function gapBeforeFirstEvent(service: string, since: Date): GraphQLError {
  return gatewayError(
    'SUBSCRIPTION_GAP',
    `Subgraph "${service}" was away before the first event: events may be missing before the next one.`,
    { extensions: { service, gap: { since: since.toISOString() } } },
  );
}

const messages = {
  SUBSCRIBER_TOO_SLOW: 'Events come faster than you take them.',
  SUBSCRIPTION_OUTDATED: 'The graph has changed: the subscription no longer fits it.',
  SUBSCRIPTIONS_EXHAUSTED: 'There are as many subscriptions as are allowed.',
  CALLER_EXPIRED: 'Show anew who you are: your time is over.',
  CALLER_REVOKED: 'You may no longer ask.',
  GATEWAY_CLOSING: 'The gateway is shutting down.',
  CONTRACT_SUNSET: 'This version of the graph is not served any more: go on in a later one.',
  CONTRACT_UNKNOWN: 'The graph has changed, and has this version or audience no more: go on in another one.',
} satisfies Partial<Record<GatewayErrorCode, string>>;

export type Ending = keyof typeof messages;

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { adminOnly } from '../serve/admin-token.ts';
import { answerError, answerJson } from '../serve/answer.ts';
import type { Usage } from './usage.ts';

export interface UsageEndpointOptions {
  readonly usage: Usage;
  readonly adminToken: string;
  /** The contract with this label, undefined if there is none any more. */
  readonly schemaOf: (contract: string) => GraphQLSchema | undefined;
}

/** Serves `GET /usage[?since=YYYY-MM-DD]` to who has the token: a {@link UsageReport}. */
export function usageEndpoint({
  usage,
  adminToken,
  schemaOf,
}: UsageEndpointOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const isAdmin = adminOnly(adminToken);
  return async (request, response) => {
    if (!isAdmin(request, response)) return;
    if (request.method !== 'GET') {
      answerError(response, 405, 'Usage is told by GET.', { allow: 'GET' });
      return;
    }
    const since = new URL(request.url ?? '', 'http://gateway').searchParams.get('since') ?? undefined;
    if (since !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(since) || Number.isNaN(Date.parse(since)))) {
      answerError(response, 400, `since needs a date, YYYY-MM-DD, and is ${JSON.stringify(since.slice(0, 40))}.`);
      return;
    }
    answerJson(response, 200, await usage.report(schemaOf, since));
  };
}

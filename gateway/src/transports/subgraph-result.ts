import { badResponse } from './http-client.ts';
import type { SubgraphResult } from './transport.ts';

/** Reads the JSON text of a subgraph's response. Throws SubgraphFault if it is none. */
export function readSubgraphResult(name: string, text: string): SubgraphResult {
  let result: unknown;
  try {
    result = JSON.parse(text);
  } catch (error) {
    throw badResponse(name, 'text that is not JSON', { cause: error });
  }
  if (!isSubgraphResult(result)) throw badResponse(name, 'JSON that is not a GraphQL response');
  return result;
}

/** Whether a value is a GraphQL response: data, or errors, or both. */
function isSubgraphResult(value: unknown): value is SubgraphResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { data, errors: reported } = value as Record<string, unknown>;
  if (data === undefined && reported === undefined) return false;
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) return false;
  return reported === undefined || (Array.isArray(reported) && reported.every(isError));
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { message, path, extensions } = value as Record<string, unknown>;
  if (typeof message !== 'string') return false;
  if (path !== undefined && path !== null && !Array.isArray(path)) return false;
  return extensions === undefined || extensions === null || typeof extensions === 'object';
}

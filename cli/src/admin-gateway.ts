import { UsageError } from './usage-error.ts';

/** Where `npm start` serves. */
export const LOCAL_GATEWAY = 'http://127.0.0.1:4000';

export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly token: string | undefined;
}

/**
 * Asks a gateway for what only its administrator may have done. Throws {@link UsageError} if there is no such gateway, no
 * token, or the wrong one.
 */
export async function askGateway(
  url: string,
  path: string,
  { method, body, token = '' }: AdminRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`--gateway needs a URL: "${url}" is no URL of a gateway, e.g. ${LOCAL_GATEWAY}.`);
  }
  if (token === '') throw new UsageError('Set TAKT_ADMIN_TOKEN to the token that the gateway was started with.');
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new UsageError(`No gateway answers at ${url}: start one with npm start, or say where with --gateway URL.`, {
      cause: error,
    });
  });
  const text = await response.text();
  if (response.status === 401) throw new UsageError(`The gateway at ${url} does not take this TAKT_ADMIN_TOKEN.`);
  return { status: response.status, text };
}

/** The same of what every gateway with an administrator has. */
export async function askEveryGateway(url: string, path: string, method: 'GET' | 'POST') {
  const answer = await askGateway(url, path, { method, token: process.env['TAKT_ADMIN_TOKEN'] });
  if (answer.status !== 404) return answer;
  throw new UsageError(`The gateway at ${url} has no ${path}: it must be started with TAKT_ADMIN_TOKEN set.`);
}

const PATIENCE_MS = 30_000;

import { UsageError } from './usage-error.ts';

/** Where `npm start` serves. */
export const LOCAL_GATEWAY = 'http://127.0.0.1:4000';

/**
 * Asks a gateway for what only its administrator may have done; with the token of TAKT_ADMIN_TOKEN. Throws
 * {@link UsageError} if there is no such gateway, no token, or the wrong one.
 */
export async function askGateway(
  url: string,
  path: string,
  method: 'GET' | 'POST',
): Promise<{ readonly status: number; readonly text: string }> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`"${url}" is no URL of a gateway, e.g. ${LOCAL_GATEWAY}.`);
  }
  const token = process.env['TAKT_ADMIN_TOKEN'] ?? '';
  if (token === '') throw new UsageError('Set TAKT_ADMIN_TOKEN to the token that the gateway was started with.');
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new UsageError(`No gateway answers at ${url}: start one with npm start, or say where with --gateway URL.`, {
      cause: error,
    });
  });
  const text = await response.text();
  if (response.status === 401) throw new UsageError(`The gateway at ${url} does not take this TAKT_ADMIN_TOKEN.`);
  if (response.status === 404) {
    throw new UsageError(`The gateway at ${url} has no ${path}: it must be started with TAKT_ADMIN_TOKEN set.`);
  }
  return { status: response.status, text };
}

const PATIENCE_MS = 30_000;

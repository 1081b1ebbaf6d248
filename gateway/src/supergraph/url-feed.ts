import { setTimeout as delay } from 'node:timers/promises';
import { errors, request } from 'undici';
import type { SupergraphFeed } from './source.ts';
import { SourceNotReady } from './supergraph.ts';
import { within } from './within.ts';

/** SDL at a URL. Messages name the place without what may be secret in it: user, password and query. */
export function urlFeed(url: string, pollMs = 10_000): SupergraphFeed {
  const { origin, pathname } = new URL(url);
  let known: { readonly sdl: string; readonly etag: string | undefined } | undefined;

  const get = async (signal: AbortSignal): Promise<string> => {
    const { statusCode, headers, body } = await request(url, {
      headers: {
        accept: 'application/graphql, text/plain;q=0.9, */*;q=0.1',
        ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
      },
      signal,
    });
    if (statusCode === 304 && known) {
      await body.dump();
      return known.sdl;
    }
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`status ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const sdl = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    const { etag } = headers;
    known = { sdl, etag: typeof etag === 'string' ? etag : undefined };
    return sdl;
  };

  return {
    async read(signal) {
      try {
        return await within(timeoutMs, signal, get);
      } catch (error) {
        signal.throwIfAborted();
        throw new SourceNotReady(`${origin}${pathname} gives no supergraph: ${reasonOf(error)}`, { cause: error });
      }
    },
    async changed(signal) {
      await delay(pollMs, undefined, { signal, ref: false });
    },
    close: () => undefined,
  };
}

const timeoutMs = 10_000;
const maxBytes = 32 * 1024 * 1024;

function reasonOf(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return 'something that is not HTTP';
  return error instanceof Error ? error.message : String(error);
}

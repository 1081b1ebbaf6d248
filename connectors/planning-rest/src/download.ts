import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { pause } from '@takt/resilience';
import type { Cycle } from './cycle.ts';
import { ask, observationOf, type Answered, type Platform } from './platform.ts';
import { PlatformError } from './platform-error.ts';

export interface Resuming {
  /** Times in a row that it may break without a byte more. */
  readonly attempts: number;
  /** Before the first of them; each later one waits twice as long. */
  readonly firstPauseMs: number;
}

/**
 * The file of a cycle, decoded. A connection that breaks is taken up where it broke (Range and If-Range:
 * https://www.rfc-editor.org/rfc/rfc9110#section-14). It ends only when all of it came, as its length and, if told, its
 * SHA-256 say; else it throws {@link PlatformError}, so that nobody takes a part for the whole.
 */
export async function* download(
  platform: Platform,
  cycle: Cycle,
  resuming: Resuming,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const first = await ask(platform, cycle.download, ACCEPT, signal);
  const encoded = transfer(platform, cycle, first, resuming, signal);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of decoded(encoded, first)) {
    bytes += chunk.length;
    if (bytes > cycle.bytes) throw wrong(cycle, `more than the ${cycle.bytes} bytes came that it has.`);
    hash.update(chunk);
    yield chunk;
  }
  if (bytes < cycle.bytes) throw wrong(cycle, `${bytes} bytes came of ${cycle.bytes}.`);
  if (cycle.sha256 !== undefined && hash.digest('hex') !== cycle.sha256) {
    throw wrong(cycle, 'what came has another SHA-256 than it should.');
  }
}

const ACCEPT = { accept: 'text/csv, application/json', 'accept-encoding': 'gzip' };

async function* transfer(
  platform: Platform,
  cycle: Cycle,
  first: Answered,
  { attempts, firstPauseMs }: Resuming,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (first.status !== 200) {
    await discard(first);
    throw wrong(cycle, `it answered HTTP ${first.status}.`);
  }
  const etag = strongEtag(first);
  const total = lengthOf(first);
  let at = 0;
  let failures = 0;
  let reply: Answered | undefined = first;
  for (;;) {
    try {
      reply ??= await resume(platform, cycle, { at, etag: etag ?? '', total }, signal);
      for await (const chunk of reply.body) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind === 'WRONG') throw error;
      failures += 1;
      if (etag === undefined || failures > attempts) throw error;
      platform.context.observe(observationOf(error));
      reply = undefined;
      await pause(firstPauseMs * 2 ** (failures - 1), signal);
    }
  }
}

interface Point {
  readonly at: number;
  readonly etag: string;
  readonly total: number | undefined;
}

async function resume(platform: Platform, cycle: Cycle, point: Point, signal: AbortSignal): Promise<Answered> {
  const headers = { ...ACCEPT, range: `bytes=${point.at}-`, 'if-range': point.etag };
  const reply = await ask(platform, cycle.download, headers, signal);
  const { 'content-range': range, etag } = reply.headers;
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range ?? '') ?? [];
  const isSame = etag === undefined || etag === point.etag;
  const fits = Number(from) === point.at && (point.total === undefined || Number(total) === point.total);
  if (reply.status === 206 && isSame && fits) return reply;
  await discard(reply);
  throw wrong(cycle, `it changed while it was read: HTTP ${reply.status} where the rest of it was asked for.`);
}

async function* decoded(encoded: AsyncIterable<Buffer>, { headers }: Answered): AsyncGenerator<Buffer> {
  const coding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (coding === 'identity') {
    yield* encoded;
    return;
  }
  if (coding !== 'gzip' && coding !== 'x-gzip')
    throw new PlatformError('WRONG', `It answered in the coding ${coding}.`);
  const source = Readable.from(encoded);
  const gunzip = source.pipe(createGunzip());
  source.once('error', (error) => gunzip.destroy(error));
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? new PlatformError('WRONG', `What it sent as gzip is none: ${code}.`) : error;
  } finally {
    source.destroy();
  }
}

/** Only a strong one says that bytes are the same: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5 */
function strongEtag({ headers: { etag } }: Answered): string | undefined {
  return etag?.startsWith('"') ? etag : undefined;
}

function lengthOf({ headers }: Answered): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

async function discard({ body }: Answered): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function wrong({ id }: Cycle, problem: string): PlatformError {
  return new PlatformError('WRONG', `Cycle ${id}: ${problem}`);
}

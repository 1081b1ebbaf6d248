import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { MAX_DOCUMENT_BYTES } from '@takt/backing-system';
import { readText } from '@takt/backing-system-http';
import { ask, type Platform } from './platform.ts';
import { PlatformError } from './platform-error.ts';

/** What the platform says of a published forecast cycle, besides what nobody asks for. */
const Cycle = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 150 }),
  publishedAt: Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$',
  }),
  format: Type.Union([Type.Literal('csv'), Type.Literal('json')]),
  /** Path below the endpoint, or URL of its origin. */
  download: Type.String({ minLength: 1, maxLength: 2000 }),
  /** Of the file, whatever coding it comes in. */
  bytes: Type.Integer({ minimum: 0, maximum: MAX_DOCUMENT_BYTES }),
  /** Changes with each content of the file. */
  etag: Type.String({ minLength: 1, maxLength: 150 }),
  /** Of the file, in hex. */
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
});
export type Cycle = Static<typeof Cycle>;

/** The cycle that is published there now; undefined if there is none yet. Throws {@link PlatformError}. */
export async function readLatestCycle(
  platform: Platform,
  path: string,
  signal: AbortSignal,
): Promise<Cycle | undefined> {
  const answered = await ask(platform, path, { accept: 'application/json' }, signal);
  const text = await readText(answered.body, MAX_BYTES).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof PlatformError ? error : new PlatformError('WRONG', (error as Error).message);
  });
  if (answered.status === 204 || answered.status === 404) return undefined;
  if (answered.status !== 200) throw new PlatformError('WRONG', `It answered HTTP ${answered.status} for a cycle.`);
  const cycle = parse(text);
  if (Value.Check(Cycle, cycle) && !Number.isNaN(Date.parse(cycle.publishedAt))) return cycle;
  const [error] = Value.Errors(Cycle, cycle);
  throw new PlatformError('WRONG', `What it says of a cycle makes no sense: ${error?.path ?? '/publishedAt'}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MAX_BYTES = 64 * 1024;

import type { ReceiverContext } from '@takt/backing-system';
import { pause } from '@takt/resilience';
import { readLatestCycle, type Cycle } from './cycle.ts';
import { download, type Resuming } from './download.ts';
import { observationOf, type Platform } from './platform.ts';
import { PlatformError } from './platform-error.ts';

/** Items that are refreshed together. */
export interface RefreshClass {
  readonly name: string;
  /** Where the platform tells of the latest cycle of these items. */
  readonly path: string;
  /** Resolves when it is time to ask again. */
  readonly due: (context: ReceiverContext, signal: AbortSignal) => Promise<void>;
}

export interface PullPauses {
  readonly resuming: Resuming;
  /** After a failed pull: the first pause, each next one twice as long, up to the last. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * asking → the cycle that is known: waiting
 *        → another: taking → all of it is kept: waiting
 * asking, taking → the platform fails: pausing → asking
 * waiting → due: asking
 *
 * A cycle is known once it was accepted as a whole; until then each attempt takes it from its beginning.
 */
export async function pullCycles(
  refreshClass: RefreshClass,
  platform: Platform,
  context: ReceiverContext,
  pauses: PullPauses,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = pauses.firstMs;
  for (;;) {
    try {
      await pullLatest(refreshClass, platform, context, pauses.resuming, signal);
      pauseMs = pauses.firstMs;
      await refreshClass.due(context, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PlatformError)) throw error;
      context.observe(observationOf(error));
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, pauses.longestMs);
    }
  }
}

async function pullLatest(
  { name, path }: RefreshClass,
  platform: Platform,
  context: ReceiverContext,
  resuming: Resuming,
  signal: AbortSignal,
): Promise<void> {
  const cycle = await readLatestCycle(platform, path, signal);
  if (!cycle) return;
  const checkpoint = `cycle/${name}`;
  const known = { id: cycle.id, etag: cycle.etag };
  if (isSame(await context.checkpoints.read(checkpoint), known)) return;
  await context.accept(documentOf(cycle, download(platform, cycle, resuming, signal)), { signal });
  await context.checkpoints.write(checkpoint, known);
}

function documentOf(cycle: Cycle, body: AsyncIterable<Buffer>) {
  const { id, etag, publishedAt, format } = cycle;
  return {
    key: `cycle/${id}/${etag}`,
    name: `cycle ${id}`,
    mediaType: format === 'csv' ? 'text/csv' : 'application/json',
    body,
    time: publishedAt,
    documentNumbers: [id],
    attributes: { cycle: id, publishedAt, format },
  };
}

function isSame(kept: unknown, known: { readonly id: string; readonly etag: string }): boolean {
  const { id, etag } = (kept ?? {}) as Partial<typeof known>;
  return id === known.id && etag === known.etag;
}

import type { Backlog } from './backlog.ts';
import type { Ends } from './ends.ts';
import { OFFERED_TOGETHER } from './offer.ts';
import { segmentsOf, type Segment } from './segments.ts';
import { settle, type SettleContext } from './settle.ts';
import { jittered } from './until-done.ts';

export interface PipelineContext extends SettleContext {
  readonly backlog: Backlog;
  readonly ends: Ends;
}

/**
 * Brings the documents of one instance to their ends, in order of arrival, until the signal aborts. While some are offered,
 * the next are read and mapped.
 */
export async function runPipeline(context: PipelineContext): Promise<void> {
  const { backlog, patience } = context;
  for (;;) {
    try {
      await bringToEnds(context);
    } catch (fault) {
      if (patience.signal.aborted) return;
      patience.onFault(fault);
      await patience.pause(jittered(FAULT_MS), patience.signal).catch(() => undefined);
      if (patience.signal.aborted) return;
      backlog.putBack();
    }
  }
}

const FAULT_MS = 1_000;

async function bringToEnds(context: PipelineContext): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.patience.signal, stop.signal]);
  const batches = batchesOf({ ...context, patience: { ...context.patience, signal } });
  let next = ahead(batches);
  try {
    for (;;) {
      const { value: batch } = await next;
      if (!batch) return;
      next = ahead(batches);
      for (const id of await settle(batch, context)) {
        context.backlog.done(id);
        context.ends.tell(id);
      }
    }
  } finally {
    // Whatever it has taken by then is under way, and can be put back.
    stop.abort();
    await next.catch(() => undefined);
    await batches.return();
  }
}

function ahead(batches: AsyncGenerator<Segment[], void>): Promise<IteratorResult<Segment[], void>> {
  const next = batches.next();
  // Awaited after what is under way has been settled; until then nobody looks.
  next.catch(() => undefined);
  return next;
}

/** What is offered at once: as much as fits, of the documents that wait. */
async function* batchesOf(context: PipelineContext): AsyncGenerator<Segment[], void> {
  const { backlog, patience } = context;
  let batch: Segment[] = [];
  let size = 0;
  for (;;) {
    const waiting = backlog.take();
    if (!waiting) {
      if (batch.length === 0) await backlog.filled(patience.signal);
      else yield batch;
      batch = [];
      size = 0;
      continue;
    }
    for await (const segment of segmentsOf(waiting, context)) {
      if (batch.length > 0 && (size + segment.parts.length > OFFERED_TOGETHER || batch.length === DOCUMENTS_TOGETHER)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(segment);
      size += segment.parts.length;
    }
  }
}

const DOCUMENTS_TOGETHER = 200;

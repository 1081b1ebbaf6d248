import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { pause } from '@takt/resilience';
import { ChangesTooFast, collectRows, placeOfAll, placeOfChanges, type Place, type RowTaker } from './collect-rows.ts';
import { ExtractFailed } from './extract-failed.ts';
import { graphRows } from './graph-rows.ts';
import { GraphFault, type Graph } from './graph.ts';
import { unread, type Failure, type Job, type JobFile, type Progress } from './job.ts';
import type { JobStore } from './job-store.ts';
import type { Pace } from './pace.ts';
import { retryingRows } from './retrying-rows.ts';
import { RowFile } from './row-file.ts';
import { countRows } from './count-rows.ts';
import { writeTable } from './write-tables.ts';

export interface JobRun {
  readonly graph: Graph;
  readonly store: Pick<JobStore, 'save' | 'pathOf' | 'removeOthers'>;
  readonly pace: Pace;
  /** Bytes that it may have on disk. */
  maxBytes(): number;
  readonly signal: AbortSignal;
}

/**
 * Works on a job from where it is kept, or from its beginning if its rows are not there, to the end of its files.
 * Rejects with what {@link failureOf} explains, or when `signal` aborts; then it can be gone on with from what it has
 * kept.
 */
export async function runJob(begun: Job, run: JobRun): Promise<Job> {
  const { graph, store, pace, signal } = run;
  const rowFile = `rows-${randomUUID()}.jsonl`;
  const rowPath = store.pathOf(begun.id, rowFile);
  // Nobody else has this file open: who lost the lease without having heard of it writes into the one before.
  const isThere = begun.kept && (await copyIfThere(store.pathOf(begun.id, begun.kept.rowFile), rowPath));
  let job = isThere ? begun : unread(begun);
  const rows = await RowFile.open(rowPath, job.kept?.rowBytes ?? 0, () => run.maxBytes());
  const tell = (progress: Partial<Progress>) => {
    job = { ...job, progress: { ...job.progress, ...progress } };
  };
  try {
    const { extraction } = job;
    const source = retryingRows(graphRows(graph, extraction, pace, signal), { pause, signal });
    const keep = async (place: Place) => {
      await rows.sync();
      job = { ...job, kept: { place, rowFile, rowBytes: rows.bytes }, bytes: rows.bytes };
      await store.save(job);
    };
    const from = async (): Promise<Place> => {
      const { since } = extraction;
      const place = since === undefined ? await placeOfAll(source) : await placeOfChanges(source, since);
      if (since === undefined) tell({ total: await countRows(graph, extraction, signal) });
      return place;
    };
    const begin = job.kept?.place ?? (await from());
    await keep(begin);
    await store.removeOthers(job.id, [rowFile]);
    if (job.position === undefined) {
      let keptAt = performance.now();
      const taker: RowTaker = {
        take: async (pass, readings) => {
          await rows.take(pass, readings);
          const { rows: read, pages } = job.progress;
          tell({ phase: pass === 0 ? 'READING' : 'CATCHING_UP', rows: read + readings.length, pages: pages + 1 });
        },
        wasReadIn: (pass, id) => rows.wasReadIn(pass, id),
        reached: async (place) => {
          signal.throwIfAborted();
          if (performance.now() - keptAt < KEPT_EVERY_MS) return;
          await keep(place);
          keptAt = performance.now();
        },
      };
      let last = begin;
      const position = await collectRows(
        source,
        { ...taker, reached: (place) => taker.reached((last = place)) },
        begin,
      );
      job = { ...job, position };
      tell({ phase: 'WRITING' });
      await keep(last);
    }
    const files: JobFile[] = [];
    for (const format of extraction.formats) {
      const used = rows.bytes + files.reduce((sum, { bytes }) => sum + bytes, 0);
      const options = {
        format,
        columns: extraction.columns,
        ofChanges: extraction.since !== undefined,
        pathOf: (name: string) => store.pathOf(job.id, name),
        maxBytes: run.maxBytes() - used,
      };
      files.push(await writeTable(rows.latest(), options, pace, signal));
    }
    tell({ rows: files[0]?.rows ?? 0, total: files[0]?.rows });
    return { ...job, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  } finally {
    await rows.close();
  }
}

/** What a client is told of why a job came to no end. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ExtractFailed) return { code: error.code, message: error.message };
  if (error instanceof ChangesTooFast) return { code: 'EXTRACT_CHANGES_TOO_FAST', message: error.message };
  if (error instanceof GraphFault) {
    if (error.code === 'CURSOR_EXPIRED') {
      const message = 'What changed while it was read is not in the log any more. Extract anew.';
      return { code: 'EXTRACT_LOG_EXPIRED', message };
    }
    return { code: error.code ?? 'EXTRACT_GRAPH_FAILED', message: `The graph does not answer: ${error.message}` };
  }
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return { code: 'EXTRACT_NO_ROOM', message: 'There is no room left on disk. Extract anew when there is.' };
  }
  return { code: 'EXTRACT_INTERNAL', message: 'Something unforeseen went wrong. The operator finds it in the log.' };
}

/** Whoever had the lease in between may have removed it. */
async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Of a job that dies, so much is read again. */
const KEPT_EVERY_MS = 1_000;

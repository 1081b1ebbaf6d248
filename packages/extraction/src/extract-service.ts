import { createHash, randomUUID } from 'node:crypto';
import { TABLE_FILES, type TableFormat } from '@takt/tables';
import { beginExtraction, type AskedExtract } from './begin-extraction.ts';
import { decodeExtractCursor, encodeExtractCursor } from './extract-cursor.ts';
import { ExtractRefused } from './extract-refused.ts';
import type { Graph, KeptAsker } from './graph.ts';
import {
  begun,
  bytesOf,
  DEFAULT_JOB_LIMITS,
  ended,
  fullness,
  isExpired,
  isOver,
  newJob,
  oldestFirst,
  ownerOf,
  type Job,
  type JobLimits,
} from './job.ts';
import { createLeases, type JobLease } from './job-lease.ts';
import { LEASE, openJobStore } from './job-store.ts';
import { steadyPace, type Pace } from './pace.ts';
import { failureOf, runJob } from './run-job.ts';

/** Extractions of those who ask for them: each sees, cancels and downloads its own. */
export interface ExtractService {
  /** Throws {@link ExtractRefused}. Asked again with the same key it is the same job. */
  start(asker: KeptAsker, asked: AskedExtract, idempotencyKey?: string): Promise<Job>;
  /** What changed behind the position of an extract. Throws {@link ExtractRefused}. */
  startChanges(asker: KeptAsker, since: string, formats: readonly TableFormat[], idempotencyKey?: string): Promise<Job>;
  find(asker: KeptAsker, id: string): Promise<Job | undefined>;
  /** The newest first. */
  list(asker: KeptAsker): Promise<Job[]>;
  /** Answers how it is then; undefined if there is none. What is over stays as it is. */
  cancel(asker: KeptAsker, id: string): Promise<Job | undefined>;
  /** A finished file. */
  file(asker: KeptAsker, id: string, name: string): Promise<ExtractFile | undefined>;
  /** Stops working; what is not over goes on in another process, or when one is started again. */
  close(): Promise<void>;
}

export interface ExtractFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mediaType: string;
}

export interface ExtractServiceOptions {
  /** Several processes may share it. */
  readonly folder: string;
  readonly graph: Graph;
  readonly limits?: Partial<JobLimits> | undefined;
  /** Part of the time that one extraction may occupy, in percent; 25 unless given. */
  readonly dutyPercent?: number | undefined;
  readonly clock?: () => Date;
  /** In place of one by `dutyPercent`. */
  readonly pace?: Pace;
  /** For how long a process may say nothing before another one goes on with its jobs; 15 s unless given. */
  readonly staleMs?: number;
  readonly onFault?: (fault: string) => void;
}

export async function openExtracts(options: ExtractServiceOptions): Promise<ExtractService> {
  const { folder, graph, clock = () => new Date(), staleMs = 15_000, dutyPercent = 25 } = options;
  const { pace = steadyPace(dutyPercent, () => graph.isBusy()) } = options;
  const { onFault = (fault: string) => void process.stderr.write(`Extracts: ${fault}\n`) } = options;
  const limits: JobLimits = { ...DEFAULT_JOB_LIMITS, ...options.limits };
  const store = await openJobStore(folder);
  const leases = createLeases(staleMs);
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  /** What it comes to is kept; if this process is to stop, or has lost the job, it is left as it was kept last. */
  const work = async (found: Job, lease: JobLease): Promise<void> => {
    const stopping = new AbortController();
    const signal = AbortSignal.any([closing.signal, stopping.signal]);
    const beat = setInterval(
      () => {
        void lease
          .renew()
          .then(async (isMine) => {
            if (!isMine || (await store.isCancelWished(found.id))) stopping.abort();
          })
          .catch((error: unknown) => {
            onFault(`The lease of ${found.id} cannot be renewed: ${String(error)}`);
            stopping.abort();
          });
      },
      Math.min(BEAT_MS, staleMs / 5),
    );
    const finish = async (job: Job, files: readonly string[]) => {
      if (!(await lease.renew())) return;
      await store.save(job);
      await store.removeOthers(job.id, files);
    };
    try {
      if (await store.isCancelWished(found.id)) throw new Error('cancelled');
      const job = begun(found, clock());
      const others = bytesOf((await store.all()).filter(({ id }) => id !== job.id));
      const maxBytes = () => Math.min(limits.bytesOfOne, limits.bytesOfAll - others);
      const save = async (kept: Job) => {
        if (!(await lease.renew())) throw new LeaseLost();
        await store.save(kept);
      };
      await save(job);
      const done = await runJob(job, { graph, store: { ...store, save }, pace, maxBytes, signal });
      await finish(
        ended(done, { state: 'DONE' }, clock(), limits.keptDays),
        done.files.map(({ name }) => name),
      );
    } catch (error) {
      if (await store.isCancelWished(found.id)) {
        await finish(ended(found, { state: 'CANCELLED' }, clock(), limits.keptDays), []);
      } else if (!signal.aborted && !(error instanceof LeaseLost)) {
        const failure = failureOf(error);
        if (failure.code === 'EXTRACT_INTERNAL') onFault(error instanceof Error ? (error.stack ?? '') : String(error));
        await finish(ended(found, { state: 'FAILED', failure }, clock(), limits.keptDays), []);
      }
    } finally {
      clearInterval(beat);
      await lease.release();
    }
  };

  const look = async (): Promise<void> => {
    const jobs = await store.all();
    for (const job of jobs) if (isExpired(job, clock())) await store.remove(job.id);
    // One that is to be cancelled has an end, and none that was kept.
    const waiting = jobs.filter(({ finishedAt }) => finishedAt === undefined);
    for (const { id } of oldestFirst(waiting)) {
      if (running.size >= limits.running || closing.signal.aborted) return;
      if (running.has(id)) continue;
      const lease = await leases.take(store.pathOf(id, LEASE));
      if (!lease) continue;
      const found = await store.readKept(id);
      if (!found || isOver(found)) {
        await lease.release();
        continue;
      }
      const working = work(found, lease)
        .catch((error: unknown) => onFault(`${id}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`))
        .finally(() => {
          running.delete(id);
          lookSoon();
        });
      running.set(id, working);
    }
  };

  let looking: Promise<void> = Promise.resolve();
  const lookSoon = () => {
    if (closing.signal.aborted) return;
    looking = looking.then(look).catch((error: unknown) => onFault(String(error)));
  };
  const timer = setInterval(lookSoon, LOOK_MS);
  lookSoon();

  const keep = async (asker: KeptAsker, asked: AskedExtract, since: string | undefined, key: string | undefined) => {
    const owner = ownerOf(asker);
    const id = key === undefined ? idOf(randomUUID()) : idOf(JSON.stringify([owner, key]));
    const same = ({ extraction }: Job): boolean =>
      ownerOf(extraction.asker) === owner && askedOf(extraction, extraction.since) === askedOf(asked, position?.log);
    const position = since === undefined ? undefined : decodeExtractCursor(since);
    const known = key === undefined ? undefined : await store.read(id);
    if (known) return sameOrRefused(known, same);
    const full = fullness(await store.all(), owner, limits);
    if (full !== undefined) throw new ExtractRefused('EXTRACTS_EXHAUSTED', full);
    const extraction = await beginExtraction(graph, asker, asked, position, closing.signal);
    const job = newJob(id, extraction, clock(), limits.keptDays);
    if (!(await store.add(job))) {
      const other = await store.read(id);
      if (other) return sameOrRefused(other, same);
    }
    lookSoon();
    return job;
  };

  const own = async (asker: KeptAsker, id: string): Promise<Job | undefined> => {
    const job = await store.read(id);
    return job && ownerOf(job.extraction.asker) === ownerOf(asker) ? job : undefined;
  };

  return {
    start: (asker, asked, key) => keep(asker, asked, undefined, key),
    startChanges(asker, since, formats, key) {
      const { query, variables } = decodeExtractCursor(since);
      return keep(asker, { query, variables, formats }, since, key);
    },
    find: own,
    async list(asker) {
      const jobs = (await store.all()).filter(({ extraction }) => ownerOf(extraction.asker) === ownerOf(asker));
      return jobs.sort((a, b) => (a.createdAt > b.createdAt || (a.createdAt === b.createdAt && a.id > b.id) ? -1 : 1));
    },
    async cancel(asker, id) {
      const job = await own(asker, id);
      if (!job || isOver(job)) return job;
      await store.wishCancelled(id);
      lookSoon();
      return store.read(id);
    },
    async file(asker, id, name) {
      const job = await own(asker, id);
      const file = job?.files.find((each) => each.name === name);
      if (!file) return undefined;
      const { bytes, sha256, format } = file;
      return { path: store.pathOf(id, name), name, bytes, sha256, mediaType: TABLE_FILES[format].mediaType };
    },
    async close() {
      clearInterval(timer);
      closing.abort();
      await looking;
      await Promise.all(running.values());
    },
  };
}

/** What to give to `startChanges` later; undefined before all rows have been read. */
export function positionOf({ position, extraction: { query, variables, subgraph } }: Job): string | undefined {
  return position === undefined ? undefined : encodeExtractCursor({ query, variables, subgraph, log: position });
}

class LeaseLost extends Error {}

function sameOrRefused(known: Job, same: (job: Job) => boolean): Job {
  if (same(known)) return known;
  const message = 'Another extract was started with this idempotencyKey. Choose another key.';
  throw new ExtractRefused('EXTRACT_KEY_REUSED', message);
}

function askedOf({ query, variables, formats }: AskedExtract, since: string | undefined): string {
  return JSON.stringify([query, variables, formats, since ?? null]);
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

const LOOK_MS = 1_000;
const BEAT_MS = 1_000;

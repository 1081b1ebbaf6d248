import type { Column, TableFormat } from '@takt/tables';
import type { Place } from './collect-rows.ts';
import type { KeptAsker } from './graph.ts';

export const JOB_STATES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_PHASES = ['READING', 'CATCHING_UP', 'WRITING'] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** What an extraction is to read; does not change. */
export interface Extraction {
  readonly asker: KeptAsker;
  /** As the client gave it. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly formats: readonly TableFormat[];
  /** Of a page, as `pageableQuery` makes it. */
  readonly pageQuery: string;
  /** Answers how many rows there are; undefined if the connection does not say. */
  readonly countQuery?: string | undefined;
  readonly columns: readonly Column[];
  readonly subgraph: string;
  readonly collection: string;
  /** Cursor of the log behind which changes are to be read; undefined for everything. */
  readonly since?: string | undefined;
}

/** One extraction and how far it is: all that is kept of it besides rows and files. */
export interface Job {
  readonly id: string;
  readonly extraction: Extraction;
  readonly state: JobState;
  /** RFC 3339 instants. */
  readonly createdAt: string;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** When it and its files are removed. */
  readonly expiresAt: string;
  readonly progress: Progress;
  /** From where to go on; undefined before the first time. */
  readonly kept?: Kept | undefined;
  /** Cursor of the log at which all rows are; once they have been read. */
  readonly position?: string | undefined;
  readonly files: readonly JobFile[];
  readonly failure?: Failure | undefined;
  /** How many times somebody has begun to work on it. */
  readonly attempts: number;
  /** On disk. */
  readonly bytes: number;
}

export interface Progress {
  readonly phase: JobPhase;
  /** Read so far; in the end, those in the files. */
  readonly rows: number;
  /** About how many there will be; undefined if that is not known. */
  readonly total?: number | undefined;
  readonly pages: number;
}

interface Kept {
  readonly place: Place;
  /** Name of the file of rows, and how much of it is to be kept. */
  readonly rowFile: string;
  readonly rowBytes: number;
}

export interface JobFile {
  readonly format: TableFormat;
  readonly name: string;
  readonly bytes: number;
  readonly rows: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

/**
 * Who an extraction belongs to: all who have not shown who they are are the same, and who is bound to an audience has
 * nothing of what it extracts unbound.
 */
export function ownerOf({ subject, audience }: Pick<KeptAsker, 'subject' | 'audience'>): string {
  if (subject === undefined) return 'anonymous';
  return audience === undefined ? `subject ${subject}` : `audience ${audience}, subject ${subject}`;
}

export function newJob(id: string, extraction: Extraction, now: Date, keptDays: number): Job {
  return {
    id,
    extraction,
    state: 'QUEUED',
    createdAt: now.toISOString(),
    expiresAt: expiry(now, keptDays),
    progress: noProgress(extraction),
    files: [],
    attempts: 0,
    bytes: 0,
  };
}

export function begun(job: Job, now: Date): Job {
  return { ...job, state: 'RUNNING', startedAt: job.startedAt ?? now.toISOString(), attempts: job.attempts + 1 };
}

/** As it was before any of its rows had been read. */
export function unread(job: Job): Job {
  return { ...job, kept: undefined, position: undefined, progress: noProgress(job.extraction), bytes: 0 };
}

/** It is kept from its end on. */
export function ended(
  job: Job,
  end:
    | { readonly state: 'DONE' }
    | { readonly state: 'CANCELLED' }
    | { readonly state: 'FAILED'; readonly failure: Failure },
  now: Date,
  keptDays: number,
): Job {
  return {
    ...job,
    ...end,
    kept: undefined,
    finishedAt: now.toISOString(),
    expiresAt: expiry(now, keptDays),
    ...(end.state !== 'DONE' && { files: [], bytes: 0 }),
  };
}

export function isOver({ state }: Pick<Job, 'state'>): boolean {
  return state === 'DONE' || state === 'FAILED' || state === 'CANCELLED';
}

/** What is over and has been kept for long enough. */
export function isExpired(job: Job, now: Date): boolean {
  return isOver(job) && Date.parse(job.expiresAt) <= now.getTime();
}

export interface JobLimits {
  /** Worked on at once by one process; others wait. */
  readonly running: number;
  /** Not over yet, of everybody and of one owner. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** Kept, over or not. */
  readonly kept: number;
  /** On disk, of one and of all. */
  readonly bytesOfOne: number;
  readonly bytesOfAll: number;
  /** Days for which one is kept after its end. */
  readonly keptDays: number;
}

export const DEFAULT_JOB_LIMITS: JobLimits = {
  running: 2,
  waiting: 20,
  waitingOfOne: 10,
  kept: 500,
  bytesOfOne: 4 * 1024 ** 3,
  bytesOfAll: 20 * 1024 ** 3,
  keptDays: 7,
};

/** Why another one cannot be taken; undefined if it can. */
export function fullness(jobs: readonly Job[], owner: string, limits: JobLimits): string | undefined {
  const waiting = jobs.filter((job) => !isOver(job));
  const own = waiting.filter(({ extraction }) => ownerOf(extraction.asker) === owner);
  if (own.length >= limits.waitingOfOne) {
    return `${own.length} of your extracts are not over yet. Wait for one of them, or cancel it.`;
  }
  if (waiting.length >= limits.waiting) return `${waiting.length} extracts wait already. Try again later.`;
  if (jobs.length >= limits.kept) return `${jobs.length} extracts are kept already. Try again when one has expired.`;
  if (bytesOf(jobs) >= limits.bytesOfAll) return 'The room for extracts is used up. Try again when one has expired.';
  return undefined;
}

export function bytesOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function oldestFirst(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

function noProgress({ since }: Extraction): Progress {
  return { phase: since === undefined ? 'READING' : 'CATCHING_UP', rows: 0, pages: 0 };
}

function expiry(from: Date, days: number): string {
  return new Date(from.getTime() + days * 86_400_000).toISOString();
}
